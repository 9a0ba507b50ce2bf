import { defineScenario } from 'sessionbench'
import { get, post, Session } from 'sessionbench/session'

const form = { user: 'ada', password: 'secret' }

export default defineScenario({
  question: 'What does it cost to log in for every page?',
  explain:
    'An iteration shows one page that only a user who is logged in may see. Without state each page costs the login form and ' +
    'the page itself, on a new connection each: 4 round trips. Who keeps the cookie by hand saves the login, and still ' +
    'pays for a connection: 2. A session keeps both, cookie and connection: 1. (The server keeps every login too: ' +
    'logging in for each page is also what fills its table of sessions.)',
  tags: ['teaching', 'quick'],
  target: { rttMs: 10 },
  workload: { model: 'closed', concurrency: 4 },
  roundTrips: { 'log-in-each-time': 4, 'cookie-by-hand': 2, session: 1 },
  baseline: 'log-in-each-time',
  variants: {
    'log-in-each-time':
      ({ target }) =>
      async (signal, { step }) => {
        const cookie = await step('login', () => logIn(target.url('/login'), signal))
        await step('page', () => get(target.url('/dashboard'), { headers: { cookie }, signal }))
      },
    'cookie-by-hand': async ({ target }) => {
      const cookie = await logIn(target.url('/login'))
      return (signal, { step }) => step('page', () => get(target.url('/dashboard'), { headers: { cookie }, signal }))
    },
    session: async ({ target }) => {
      const session = new Session({ baseUrl: target.origin })
      await session.post('/login', { form })
      return {
        run: (signal, { step }) => step('page', () => session.get('/dashboard', { signal })),
        close: () => session.close(),
      }
    },
  },
  expect: [
    { variant: 'cookie-by-hand', ratio: { max: 0.6 }, because: 'a page instead of a login and a page' },
    { variant: 'session', ratio: { max: 0.33 }, because: 'the page alone, on the connection that is there' },
  ],
  thresholds: [
    { variant: 'session', metric: 'errorRate', max: 0 },
    { variant: 'session', metric: 'connectionsPerRequest', max: 0.1 },
  ],
  isolation: 'shared',
  budgetMs: 80_000,
})

/** The login's cookie. The redirect to the dashboard is not followed: its answer is the page, which is asked for next. */
async function logIn(url: string, signal?: AbortSignal): Promise<string> {
  const answer = await post(url, { form, redirect: 'manual', signal })
  await answer.bytes()
  return (answer.headers.get('set-cookie') ?? '').split(';', 1)[0] as string
}
