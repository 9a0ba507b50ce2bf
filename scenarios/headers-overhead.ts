import { defineScenario } from 'sessionbench'
import { Session } from 'sessionbench/session'

const path = '/bytes/128'
const headers = {
  Accept: 'application/json',
  'Accept-Language': 'de-DE, de;q=0.8, en;q=0.5',
  'User-Agent': 'inventory/4.2',
  'X-Api-Version': '2026-11-01',
  'X-Tenant': 'north',
}

export default defineScenario({
  question: 'What do default headers cost, against headers given with every call?',
  explain:
    'All arms send the same five headers over the same kept connections. Defaults of the session are checked and merged ' +
    'once; headers of a call are checked each time, and more so when the object is built anew for each call, as ' +
    'application code tends to. The difference is CPU time per request; the wire is the same.',
  tags: ['regression', 'quick'],
  workload: { model: 'closed', concurrency: 20 },
  primaryMetric: 'cpuPerRequest',
  baseline: 'session-defaults',
  variants: {
    'session-defaults': ({ target, concurrency: connections }) => {
      const session = new Session({ baseUrl: target.origin, headers, pool: { connections } })
      return { run: (signal) => session.get(path, { signal }), close: () => session.close() }
    },
    'per-call-object': ({ target, concurrency: connections }) => {
      const session = new Session({ baseUrl: target.origin, pool: { connections } })
      return { run: (signal) => session.get(path, { headers, signal }), close: () => session.close() }
    },
    'per-call-rebuilt': ({ target, concurrency: connections }) => {
      const session = new Session({ baseUrl: target.origin, pool: { connections } })
      const run = (signal: AbortSignal) =>
        session.get(path, { headers: new Headers({ ...headers, 'X-Tenant': 'north' }), signal })
      return { run, close: () => session.close() }
    },
  },
  expect: [
    { variant: 'per-call-object', ratio: { min: 1 }, because: 'they are checked and merged for every call' },
    { variant: 'per-call-rebuilt', ratio: { min: 1 }, because: 'and made for every call' },
  ],
  thresholds: [{ variant: 'per-call-object', metric: 'connectionsPerRequest', max: 0.1 }],
  isolation: 'shared',
  budgetMs: 40_000,
})
