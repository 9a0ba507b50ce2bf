// Compiled by `npm run typecheck`, never run: each @ts-expect-error below it must really be an error.
import { defineScenario } from 'sessionbench'

defineScenario({
  engine: 'raw',
  question: '?',
  target: { protocol: ['http', 'https'] },
  sweep: { connections: [1, 8] },
  baseline: 'get',
  variants: {
    get: ({ params, target }) => {
      const connections: 1 | 8 = params.connections
      return { path: '/get', headers: { 'x-origin': target.origin }, connections, pipelining: 2 }
    },
    post: async () => ({ path: '/post', method: 'POST', body: new Uint8Array(3) }),
  },
  primaryMetric: 'throughput',
  thresholds: [
    { variant: 'get', metric: 'connectionsPerRequest', max: 1 },
    { variant: 'post', metric: 'throughput', maxRatio: 2 },
  ],
})

const autocannon = { engine: 'autocannon', question: '?', baseline: 'a' } as const
const variants = { a: () => ({ path: '/' as const }), b: () => ({ path: '/' as const }) }

// @ts-expect-error autocannon's latencies are not compared
defineScenario({ ...autocannon, variants, thresholds: [{ variant: 'b', metric: 'latency.p50', maxRatio: 2 }] })

// @ts-expect-error nor limited
defineScenario({ ...autocannon, variants, thresholds: [{ variant: 'b', metric: 'latency.p99', max: 5 }] })

// @ts-expect-error nor are they what a verdict is about
defineScenario({ ...autocannon, variants, primaryMetric: 'latency.p50' })

const raw = { engine: 'raw', question: '?', baseline: 'a' } as const

defineScenario({ ...raw, variants, primaryMetric: 'latency.p50' })

// @ts-expect-error a raw variant describes a request, it does not send one
defineScenario({ ...raw, variants: { a: () => () => fetch('http://127.0.0.1') } })

defineScenario({
  engine: 'raw',
  question: '?',
  workload: { model: 'open', arrivalRate: 10 },
  feed: { csv: 'ids.csv' },
  baseline: 'a',
  variants: {
    a: () => ({ path: '/{{id}}', method: 'HEAD', connectionPer: 'request' }),
    b: () => ({ requests: [{ path: '/a', weight: 3 }, { path: '/b' }], connections: 2 }),
    // @ts-expect-error a path on the target, not a URL
    c: () => ({ path: 'http://127.0.0.1/' }),
  },
})

// @ts-expect-error HEAD never ends in autocannon
defineScenario({ engine: 'autocannon', question: '?', variants: { a: () => ({ path: '/', method: 'HEAD' }) } })

// @ts-expect-error a path on the target, not a URL
defineScenario({ engine: 'autocannon', question: '?', variants: { a: () => ({ path: 'http://127.0.0.1/' }) } })

// @ts-expect-error a closed loop of the raw engine is as fast as answers come
defineScenario({ engine: 'raw', question: '?', workload: { model: 'closed' }, baseline: 'a', variants: {} })

defineScenario({
  engine: 'micro',
  question: '?',
  sweep: { size: [1, 2] },
  baseline: 'a',
  variants: {
    a:
      ({ params }) =>
      (index) =>
        params.size + index,
    b: async () => ({ run: async () => 1, close: () => {} }),
    // @ts-expect-error there is no target
    c: ({ target }) => target,
    // @ts-expect-error a variant makes a function, it is not one's result
    d: () => 42,
  },
  thresholds: [
    { variant: 'b', metric: 'latency.p50', maxRatio: 2 },
    { variant: 'b', metric: 'errorRate', max: 0 },
  ],
})

const micro = {
  engine: 'micro',
  question: '?',
  baseline: 'a',
  variants: { a: () => () => 1, b: () => () => 2 },
} as const

// @ts-expect-error a function opens no connections
defineScenario({ ...micro, thresholds: [{ variant: 'b', metric: 'connectionsPerRequest', max: 0 }] })

// @ts-expect-error a function has no target
defineScenario({ engine: 'micro', question: '?', target: {}, baseline: 'a', variants: { a: () => () => 1 } })

// @ts-expect-error no such engine
defineScenario({ engine: 'wrk', question: '?', baseline: 'a', variants: { a: () => () => 1, b: () => () => 2 } })
