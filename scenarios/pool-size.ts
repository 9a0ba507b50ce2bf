import { defineScenario } from 'sessionbench'
import { Session } from 'sessionbench/session'

/** The server works on so many requests at a time, each for so long: it can answer 1,600 per second. */
const workers = 8
const serviceUs = 5_000

export default defineScenario({
  question: 'How many connections should the pool have?',
  explain:
    `The target has ${workers} workers that take ${serviceUs / 1_000} ms for a request. With fewer connections than workers some ` +
    'workers idle, so that throughput grows with the pool; from as many on it stays. More connections only move the ' +
    'waiting from the pool to the server: the latency stays the same, for 64 requests are under way whatever the pool ' +
    "(Little's law). Where the time went shows it: as wait in the pool, or as the server's time to the first byte.",
  tags: ['capacity', 'teaching'],
  workload: { model: 'closed', concurrency: 64 },
  sweep: { connections: [1, 2, 4, 8, 16, 32, 64] },
  primaryMetric: 'throughput',
  baseline: 'session',
  variants: {
    session: ({ target, params }) => {
      const session = new Session({ baseUrl: target.origin, pool: { connections: params.connections } })
      const path = `/work?serviceUs=${serviceUs}&workers=${workers}`
      return { run: (signal) => session.get(path, { signal }), close: () => session.close() }
    },
  },
  expect: [
    { variant: 'session', params: { connections: 4 }, ratio: { min: 3.6, max: 4.1 }, because: 'four workers are busy' },
    { variant: 'session', params: { connections: 8 }, ratio: { min: 7, max: 8.2 }, because: 'all workers are busy' },
    // A worker that is never left waiting for its connection's next request does a little more than its eighth.
    { variant: 'session', params: { connections: 64 }, ratio: { min: 7.5, max: 9.5 }, because: 'there are only eight' },
  ],
  phases: true,
  budgetMs: 200_000,
  thresholds: [{ variant: 'session', metric: 'errorRate', max: 0 }],
})
