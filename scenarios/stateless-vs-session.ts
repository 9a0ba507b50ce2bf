import { defineScenario } from 'sessionbench'
import { get, Session } from 'sessionbench/session'

export default defineScenario({
  question: 'What does keeping the connection buy?',
  explain:
    'A stateless call opens a connection for every request: one round trip for TCP, one more for TLS 1.3, before the ' +
    "request's own. A session pays them once. So at a distance expect 2 round trips against 1 over http and 3 against 1 " +
    'over https; with no distance the difference is the work of opening sockets and of cryptography.',
  tags: ['teaching', 'regression'],
  target: { protocol: ['http', 'https'], rttMs: [0, 5, 20, 100] },
  workload: { model: 'closed', concurrency: 10 },
  roundTrips: { stateless: { http: 2, https: 3 }, session: 1 },
  baseline: 'stateless',
  variants: {
    stateless:
      ({ target }) =>
      (signal) =>
        get(target.url('/get'), { ...target.access, signal }),
    session: ({ target, concurrency }) => {
      const session = new Session({ baseUrl: target.origin, ...target.access, pool: { connections: concurrency } })
      return { run: (signal) => session.get('/get', { signal }), close: () => session.close() }
    },
  },
  thresholds: [
    { variant: 'session', metric: 'latency.p50', maxRatio: 0.7 },
    { variant: 'session', metric: 'connectionsPerRequest', max: 0.1 },
  ],
  // Both variants are one library, so they may share a process: the interval then comes from many quads of blocks, and takes
  // seconds. They also share a heap: --isolation process is the strict form.
  isolation: 'shared',
  budgetMs: 90_000, // for 100 ms; near targets are decided much earlier
})
