import { defineScenario } from 'sessionbench'
import { Session, type Timeouts } from 'sessionbench/session'

export default defineScenario({
  question: 'What becomes of the tail when the target hangs at times?',
  explain:
    'One request in ten takes 200 ms instead of 20. Without a limit the tail is 200 ms. A limit on connecting does not help: ' +
    'the connections are there. A limit of 60 ms on the headers cuts the tail to 60 ms and turns the slow tenth into errors; ' +
    'with one retry nearly all of them succeed within 80 ms. Each time-out costs its connection too, because the answer ' +
    'that is still to come would be taken for the next.',
  tags: ['capacity', 'teaching'],
  target: { faults: { latency: { law: 'bimodal', meanMs: 38 } } },
  workload: { model: 'closed', concurrency: 20 },
  primaryMetric: 'latency.p99',
  baseline: 'none',
  variants: {
    none: ({ target }) => getWith(target.origin, {}),
    'connect-60ms': ({ target }) => getWith(target.origin, { connect: 60 }),
    'headers-60ms': ({ target }) => getWith(target.origin, { headers: 60 }),
    'headers-60ms-retry': ({ target }) => getWith(target.origin, { headers: 60 }, 1),
    'total-150ms-retry': ({ target }) => getWith(target.origin, { headers: 60, total: 150 }, 1),
  },
  errorBudget: 0.2,
  expect: [
    { variant: 'connect-60ms', ratio: { min: 0.8, max: 1.25 }, because: 'nothing is slow about connecting' },
    { variant: 'headers-60ms-retry', ratio: { max: 0.8 }, because: 'a slow answer is asked for again after 60 ms' },
  ],
  thresholds: [
    { variant: 'none', metric: 'errorRate', max: 0 },
    { variant: 'headers-60ms-retry', metric: 'errorRate', max: 0.03 },
  ],
  isolation: 'shared',
  budgetMs: 120_000,
})

function getWith(baseUrl: string, timeoutMs: Timeouts, retry = 0) {
  const session = new Session({ baseUrl, timeoutMs, retry, pool: { connections: 20 } })
  return { run: (signal: AbortSignal) => session.get('/get', { signal }), close: () => session.close() }
}
