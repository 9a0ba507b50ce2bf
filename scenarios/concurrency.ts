import { defineScenario } from 'sessionbench'
import { get, Session } from 'sessionbench/session'

/** Pages that one iteration fetches. */
const pages = Array.from({ length: 16 }, (_, index) => `/site/page/${index + 1}`)

export default defineScenario({
  question: 'What do concurrent requests buy, and what does a session add to them?',
  explain:
    'An iteration fetches 16 pages: one after another in a session, all at once without one, or all at once in a session ' +
    'with 4 or 16 connections. At a distance waiting is what costs: 16 requests one after another wait 16 round trips, at ' +
    'once they wait together. Stateless concurrent calls are fast too, but open 16 connections each time; a session does ' +
    'it with those that it has.',
  tags: ['teaching'],
  target: { rttMs: 10 },
  workload: { model: 'closed', concurrency: 1 },
  baseline: 'sequential-session',
  variants: {
    'sequential-session': ({ target }) => {
      const session = new Session({ baseUrl: target.origin })
      const run = async (signal: AbortSignal) => {
        for (const page of pages) await (await session.get(page, { signal })).text()
      }
      return { run, close: () => session.close() }
    },
    'concurrent-stateless':
      ({ target }) =>
      (signal) =>
        Promise.all(pages.map(async (page) => (await get(target.url(page), { signal })).text())),
    'concurrent-session-4': ({ target }) =>
      fetchAllWith(new Session({ baseUrl: target.origin, pool: { connections: 4 } })),
    'concurrent-session-16': ({ target }) =>
      fetchAllWith(new Session({ baseUrl: target.origin, pool: { connections: 16 } })),
  },
  expect: [
    { variant: 'concurrent-stateless', ratio: { max: 0.2 }, because: '2 round trips instead of 16' },
    { variant: 'concurrent-session-4', ratio: { min: 0.2, max: 0.33 }, because: '4 round trips instead of 16' },
    { variant: 'concurrent-session-16', ratio: { max: 0.12 }, because: '1 round trip instead of 16' },
  ],
  thresholds: [
    { variant: 'concurrent-stateless', metric: 'connectionsPerRequest', min: 1, max: 1 },
    { variant: 'concurrent-session-4', metric: 'connectionsPerRequest', max: 0.1 },
  ],
  isolation: 'shared',
  budgetMs: 100_000,
})

function fetchAllWith(session: Session) {
  const run = (signal: AbortSignal) =>
    session.all(
      pages.map((url) => ({ url, signal })),
      { concurrency: pages.length, read: (page) => page.text() },
    )
  return { run, close: () => session.close() }
}
