import { randomUUID } from 'node:crypto'
import { defineScenario, type RunIteration } from 'sessionbench'
import { type RetryOptions, Session } from 'sessionbench/session'

const statuses = [503]

export default defineScenario({
  question: 'What do retries buy when some requests fail, and what do they cost?',
  explain:
    'The target fails 1, 5 or 20 % of the requests with a 503. Without retries those are errors. With three retries nearly ' +
    'none are left (the share of failures to the fourth power), for 1 / (1 − share) requests per iteration: req/iter is ' +
    'that amplification, iter/s the goodput. "id came again" counts iterations whose id the server saw more than once: ' +
    'duplicates, harmless only because a 503 means that nothing was done. After a lost answer they may not be, so that ' +
    'only idempotent requests are retried by default. At once is fastest here, where failures are independent; against ' +
    'an overloaded server it is what keeps it overloaded. Back-off moves the price into the tail, jitter keeps clients ' +
    'from coming back together, and Retry-After (1 s here) leaves the wait to the server.',
  tags: ['capacity', 'teaching'],
  workload: { model: 'closed', concurrency: 20 },
  sweep: { failures: [0.01, 0.05, 0.2] },
  primaryMetric: 'throughput',
  baseline: 'none',
  variants: {
    none: ({ target, params }) => getWith(target.origin, params.failures, { total: 0 }),
    'at-once': ({ target, params }) => getWith(target.origin, params.failures, { total: 3, statuses }),
    'fixed-20ms': ({ target, params }) =>
      getWith(target.origin, params.failures, { total: 3, statuses, backoffFactorMs: 20, backoffMaxMs: 20 }),
    'back-off': ({ target, params }) =>
      getWith(target.origin, params.failures, { total: 3, statuses, backoffFactorMs: 20 }),
    'back-off-jitter': ({ target, params }) =>
      getWith(target.origin, params.failures, { total: 3, statuses, backoffFactorMs: 20, backoffJitterMs: 20 }),
    'retry-after': ({ target, params }) =>
      getWith(target.origin, params.failures, { total: 3, statuses }, { retryAfter: 1 }),
  },
  // A fifth fails on purpose, of few iterations by chance far more.
  errorBudget: 0.5,
  thresholds: [
    { variant: 'at-once', metric: 'errorRate', max: 0.01 },
    { variant: 'back-off', metric: 'errorRate', max: 0.01 },
  ],
  isolation: 'shared',
  budgetMs: 400_000,
})

function getWith(baseUrl: string, rate: number, retry: RetryOptions, more = {}) {
  const session = new Session({ baseUrl, retry, pool: { connections: 20 } })
  // An id of its own for each iteration: the server counts the attempts of each.
  const ids = `${randomUUID()}-`
  let sent = 0
  const run: RunIteration = async (signal, { step }) => {
    const response = await session.get('/unstable', { params: { rate, id: ids + sent++, ...more }, signal })
    const { attempt } = await response.raiseForStatus().json<{ attempt: number }>()
    if (attempt > 1) await step('id came again', () => attempt)
  }
  return { run, close: () => session.close() }
}
