import { defineScenario } from 'sessionbench'
import { get, Session } from 'sessionbench/session'

/** The pages to read, and what every one of them refers to. */
const pages = Array.from({ length: 4 }, (_, index) => `/site/page/${index + 1}`)
const assets = ['/site/asset/style.css', '/site/asset/script.js', '/site/asset/logo.svg']
const urls = pages.flatMap((page) => [page, ...assets])

export default defineScenario({
  question: 'How should a scraper fetch a site: one call at a time, all at once, or in a session?',
  explain:
    'An iteration reads 4 pages with 3 assets each, 16 requests. One stateless call after another waits 2 round trips for ' +
    'each, 32 in all. A session, one after another, waits 16. A session with 4 connections waits 4, and is still polite: ' +
    'the site sees 4 connections. All at once without a session is as fast as it gets, and opens 16 connections each ' +
    'time: that is what gets scrapers blocked.',
  tags: ['teaching'],
  target: { rttMs: 10 },
  workload: { model: 'closed', concurrency: 1 },
  roundTrips: { stateless: 32, 'stateless-all-at-once': 2, session: 16, 'session-4': 4 },
  baseline: 'stateless',
  variants: {
    stateless:
      ({ target }) =>
      async (signal) => {
        for (const url of urls) await (await get(target.url(url), { signal })).bytes()
      },
    'stateless-all-at-once':
      ({ target }) =>
      (signal) =>
        Promise.all(urls.map(async (url) => (await get(target.url(url), { signal })).bytes())),
    session: ({ target }) => scrapeWith(new Session({ baseUrl: target.origin }), 1),
    'session-4': ({ target }) => scrapeWith(new Session({ baseUrl: target.origin, pool: { connections: 4 } }), 4),
  },
  expect: [
    { variant: 'session', ratio: { min: 0.45, max: 0.65 }, because: '16 round trips instead of 32' },
    { variant: 'session-4', ratio: { max: 0.2 }, because: '4 round trips instead of 32' },
  ],
  thresholds: [
    { variant: 'stateless', metric: 'connectionsPerRequest', min: 1, max: 1 },
    { variant: 'session-4', metric: 'connectionsPerRequest', max: 0.1 },
  ],
  isolation: 'shared',
  budgetMs: 150_000,
})

function scrapeWith(session: Session, concurrency: number) {
  const run = (signal: AbortSignal) =>
    session.all(
      urls.map((url) => ({ url, signal })),
      { concurrency, read: (page) => page.bytes() },
    )
  return { run, close: () => session.close() }
}
