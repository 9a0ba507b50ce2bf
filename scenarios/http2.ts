import { defineScenario } from 'sessionbench'
import { Session } from 'sessionbench/session'

export default defineScenario({
  question: 'Does HTTP/2 replace a pool of connections?',
  explain:
    '32 requests are under way at 10 ms of distance. One HTTP/1.1 connection carries one at a time; a pool of 32 carries all ' +
    'of them, at the price of 32 handshakes. One HTTP/2 connection carries all of them too, for one handshake. What HTTP/2 ' +
    'costs is CPU: frames, header compression and flow control are work for both ends, which shows where there is no ' +
    'distance to hide it.',
  tags: ['capacity', 'teaching', 'tls', 'quick'],
  target: { protocol: 'https', rttMs: 10 },
  workload: { model: 'closed', concurrency: 32 },
  primaryMetric: 'throughput',
  baseline: 'http1-pool-32',
  variants: {
    'http1-pool-32': ({ target: { origin: baseUrl, access } }) =>
      getWith(new Session({ baseUrl, ...access, pool: { connections: 32 } })),
    'http1-pool-4': ({ target: { origin: baseUrl, access } }) =>
      getWith(new Session({ baseUrl, ...access, pool: { connections: 4 } })),
    'http2-one': ({ target: { origin: baseUrl, access } }) =>
      getWith(new Session({ baseUrl, ...access, allowH2: true, pool: { connections: 1 } })),
  },
  expect: [
    { variant: 'http1-pool-4', ratio: { max: 0.2 }, because: '4 requests under way instead of 32' },
    { variant: 'http2-one', ratio: { min: 0.7 }, because: 'all 32 are under way on one connection' },
  ],
  thresholds: [
    { variant: 'http2-one', metric: 'connectionsPerRequest', max: 0.02 },
    { variant: 'http2-one', metric: 'errorRate', max: 0 },
  ],
  isolation: 'shared',
  budgetMs: 80_000,
})

function getWith(session: Session) {
  return { run: (signal: AbortSignal) => session.get('/get', { signal }), close: () => session.close() }
}
