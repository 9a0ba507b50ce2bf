import { defineScenario } from 'sessionbench'
import { Session } from 'sessionbench/session'

export default defineScenario({
  question: 'What does HTTP/1.1 pipelining buy on one connection at a distance?',
  explain:
    'Without pipelining a connection carries one request per round trip. With a depth of n, n requests are under way on it, ' +
    'and throughput grows with n as long as waiting is what limits. The answers come in order, so that a slow one holds ' +
    'up those behind it; and when the connection breaks, all of them are lost. Few servers and proxies want it: more ' +
    'connections, or HTTP/2, do the same without these faults.',
  tags: ['capacity', 'teaching'],
  target: { rttMs: 10 },
  workload: { model: 'closed', concurrency: 8 },
  sweep: { pipelining: [1, 2, 4, 8] },
  primaryMetric: 'throughput',
  baseline: 'session',
  variants: {
    session: ({ target, params }) => {
      const session = new Session({ baseUrl: target.origin, pool: { connections: 1, ...params } })
      return { run: (signal) => session.get('/get', { signal }), close: () => session.close() }
    },
  },
  expect: [
    { variant: 'session', params: { pipelining: 2 }, ratio: { min: 1.8, max: 2.1 }, because: 'two per round trip' },
    { variant: 'session', params: { pipelining: 8 }, ratio: { min: 6.5, max: 8.4 }, because: 'eight per round trip' },
  ],
  thresholds: [{ variant: 'session', metric: 'errorRate', max: 0 }],
  budgetMs: 100_000,
})
