import { defineScenario } from 'sessionbench'
import { get, post, Session } from 'sessionbench/session'

export default defineScenario({
  question: 'What does an API with tokens cost, when the token and the connection are kept, and when not?',
  explain:
    'An iteration reads 100 items in three pages, as a job does that is started anew each time. Stateless: a token first, ' +
    'then each page, four requests on four connections, eight round trips. A session that is new for each job pays the ' +
    'token, but only one connection: five. A session that lives on has the token too: three round trips for three pages.',
  tags: ['teaching'],
  target: { rttMs: 10 },
  workload: { model: 'closed', concurrency: 4 },
  roundTrips: { stateless: 8, 'session-per-job': 5, session: 3 },
  baseline: 'stateless',
  variants: {
    stateless:
      ({ target }) =>
      async (signal, { step }) => {
        const token = await step('token', () => readToken(post(target.url('/token'), { signal })))
        for (const page of pages) {
          await step('page', () => get(target.url(page), { auth: { bearer: token }, signal }))
        }
      },
    'session-per-job':
      ({ target }) =>
      async (signal, { step }) => {
        await using session = new Session({ baseUrl: target.origin })
        session.auth = { bearer: await step('token', () => readToken(session.post('/token', { signal }))) }
        for (const page of pages) await step('page', () => session.get(page, { signal }))
      },
    session: async ({ target }) => {
      const session = new Session({ baseUrl: target.origin })
      session.auth = { bearer: await readToken(session.post('/token')) }
      return {
        run: async (signal, { step }) => {
          for (const page of pages) await step('page', () => session.get(page, { signal }))
        },
        close: () => session.close(),
      }
    },
  },
  expect: [
    { variant: 'session-per-job', ratio: { max: 0.75 }, because: '5 round trips instead of 8' },
    { variant: 'session', ratio: { max: 0.5 }, because: '3 round trips instead of 8' },
  ],
  thresholds: [
    { variant: 'stateless', metric: 'connectionsPerRequest', min: 1, max: 1 },
    { variant: 'session', metric: 'errorRate', max: 0 },
  ],
  isolation: 'shared',
  budgetMs: 100_000,
})

const pages = [1, 2, 3].map((page) => `/api/items?per_page=40&page=${page}`)

async function readToken(answer: ReturnType<typeof post>): Promise<string> {
  const { access_token: token } = await (await answer).json<{ access_token: string }>()
  return token
}
