import { defineScenario } from 'sessionbench'
import { get, Session } from 'sessionbench/session'

const countries = [
  { 'Accept-Language': 'de', 'X-Forwarded-For': '192.0.2.7' },
  { 'Accept-Language': 'fr', 'X-Forwarded-For': '198.51.100.7' },
  { 'Accept-Language': 'es', 'X-Forwarded-For': '203.0.113.7' },
]

export default defineScenario({
  question: 'What does it cost to ask as somebody from each of three countries?',
  explain:
    'An iteration asks for the same page as a visitor from each of three countries, by headers. Stateless calls repeat the ' +
    'headers and open a connection each time: 6 round trips. One session with the headers on each call, or a session per ' +
    'country with its headers set once, keep the connections: 3. The two differ in code, not in time: default headers ' +
    'are there so that no call can forget them.',
  tags: ['teaching'],
  target: { rttMs: 10 },
  workload: { model: 'closed', concurrency: 4 },
  roundTrips: { stateless: 6, 'one-session': 3, 'session-per-country': 3 },
  baseline: 'stateless',
  variants: {
    stateless:
      ({ target }) =>
      async (signal, { step }) => {
        for (const headers of countries) {
          await step(headers['Accept-Language'], () => get(target.url('/geo'), { headers, signal }))
        }
      },
    'one-session': ({ target }) => {
      const session = new Session({ baseUrl: target.origin })
      return {
        run: async (signal, { step }) => {
          for (const headers of countries) {
            await step(headers['Accept-Language'], () => session.get('/geo', { headers, signal }))
          }
        },
        close: () => session.close(),
      }
    },
    'session-per-country': ({ target }) => {
      const sessions = countries.map((headers) => new Session({ baseUrl: target.origin, headers }))
      return {
        run: async (signal, { step }) => {
          for (const session of sessions) {
            await step(session.headers.get('accept-language') ?? '', () => session.get('/geo', { signal }))
          }
        },
        close: () => Promise.all(sessions.map((session) => session.close())),
      }
    },
  },
  expect: [
    { variant: 'one-session', ratio: { max: 0.65 }, because: '3 round trips instead of 6' },
    { variant: 'session-per-country', ratio: { max: 0.65 }, because: '3 round trips instead of 6' },
  ],
  thresholds: [
    { variant: 'one-session', metric: 'connectionsPerRequest', max: 0.1 },
    { variant: 'session-per-country', metric: 'connectionsPerRequest', max: 0.1 },
  ],
  isolation: 'shared',
  budgetMs: 100_000,
})
