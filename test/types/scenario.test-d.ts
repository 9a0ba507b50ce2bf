// Compiled by `npm run typecheck`, never run: each @ts-expect-error below it must really be an error.
import { defineScenario } from 'sessionbench'

const make = () => () => {}

defineScenario({ question: '?', baseline: 'a', variants: { a: make, b: make } })

// @ts-expect-error the baseline must be a key of variants
defineScenario({ question: '?', baseline: 'c', variants: { a: make, b: make } })

// One variant needs no baseline.
defineScenario({ question: '?', variants: { a: make } })
defineScenario({
  question: '?',
  sweep: { size: [1, 2] },
  variants: {
    a:
      ({ params }) =>
      () =>
        params.size.toFixed(),
  },
})

// @ts-expect-error several do
defineScenario({ question: '?', variants: { a: make, b: make } })

defineScenario({
  question: '?',
  baseline: 'a',
  variants: { a: make, b: make },
  thresholds: [
    { variant: 'b', metric: 'latency.p50', maxRatio: 0.5 },
    { variant: 'a', metric: 'connectionsPerRequest', max: 1 },
    // @ts-expect-error a threshold's variant must be a key of variants
    { variant: 'z', metric: 'latency.p50', maxRatio: 0.5 },
    // @ts-expect-error counts are limited by their value, not compared
    { variant: 'b', metric: 'connectionsPerRequest', maxRatio: 0.5 },
    // @ts-expect-error no such metric
    { variant: 'b', metric: 'speed', max: 1 },
  ],
})

defineScenario({
  question: '?',
  sweep: { connections: [1, 8], name: ['x', 'y'], isPipelined: [true, false] },
  baseline: 'a',
  variants: {
    a: ({ target, params, concurrency }) => {
      const connections: 1 | 8 = params.connections
      const name: 'x' | 'y' = params.name
      const isPipelined: boolean = params.isPipelined
      // @ts-expect-error the sweep has no such parameter
      params.size
      return { run: () => [connections, name, isPipelined, target.url('/'), concurrency], close: () => {} }
    },
  },
})

defineScenario({
  question: '?',
  baseline: 'a',
  variants: {
    a: make,
    // @ts-expect-error a variant makes an iteration, it is not one's result
    b: () => 42,
  },
})

// @ts-expect-error no such protocol
defineScenario({ question: '?', target: { protocol: 'ftp' }, baseline: 'a', variants: { a: make, b: make } })

defineScenario({
  question: '?',
  target: { protocol: ['https', 'h2'], faults: { resetReused: 0.01 }, bytesPerSecond: { up: 1_000 }, proxies: true },
  baseline: 'a',
  variants: {
    a: ({ target }) => {
      const proxy: string = target.proxies.socksWithCredentials
      const protocol: 'http' | 'https' | 'h2' = target.protocol
      return () => [proxy, protocol]
    },
    b: make,
  },
})

// @ts-expect-error no such fault
defineScenario({ question: '?', target: { faults: { resets: 1 } }, baseline: 'a', variants: { a: make, b: make } })

// @ts-expect-error no such TLS version
defineScenario({ question: '?', target: { tlsVersion: '1.1' }, baseline: 'a', variants: { a: make, b: make } })

// @ts-expect-error a misspelt field is not ignored
defineScenario({ question: '?', isolatoin: 'shared', baseline: 'a', variants: { a: make, b: make } })

defineScenario({
  question: '?',
  feed: { generate: (index, random) => ({ item: index, share: random() }) },
  userFeed: { csv: 'users.csv' },
  baseline: 'a',
  variants: {
    a:
      ({ rowOf }) =>
      async (signal, { index, data, user, step }) => {
        const item: number = data.item + rowOf(0).item
        const name: string | undefined = user.data.name
        const answer: number = await step('first', async () => 42)
        // @ts-expect-error rows have no such field
        data.size
        return [signal, index, item, name, answer]
      },
    b: ({ target }) => ({
      user: async ({ index, data }) => ({
        run: (signal, iteration) => [signal, target.origin, iteration.data.share.toFixed(), index, data.name],
        close: () => {},
      }),
      close: () => {},
    }),
  },
})

defineScenario({
  question: '?',
  feed: { json: 'items.json', parse: (element) => ({ id: Number(element) }), order: 'random', onEnd: 'stop' },
  baseline: 'a',
  variants: { a: make, b: () => (_, iteration) => iteration.data.id.toFixed() },
})

defineScenario({
  question: '?',
  // @ts-expect-error what a JSON file holds is unknown until it is parsed
  feed: { json: 'items.json' },
  baseline: 'a',
  variants: { a: make, b: make },
})

defineScenario({
  question: '?',
  // @ts-expect-error a pause is a number, a range or a mean
  workload: { model: 'closed', thinkTimeMs: { minMs: 5 } },
  baseline: 'a',
  variants: { a: make, b: make },
})

defineScenario({
  question: '?',
  workload: {
    model: 'open',
    stages: [
      { durationMs: 1_000, arrivalRate: 0, rampTo: 200 },
      { durationMs: 1_000, arrivalRate: 200 },
      { durationMs: 1_000, rampTo: 0 },
    ],
    arrivals: 'poisson',
  },
  baseline: 'a',
  variants: { a: make, b: make },
})

defineScenario({
  question: '?',
  // @ts-expect-error the rate stays, or it changes
  workload: { model: 'open', arrivalRate: 5, stages: [{ durationMs: 1_000, arrivalRate: 5 }] },
  baseline: 'a',
  variants: { a: make, b: make },
})

defineScenario({
  question: '?',
  // @ts-expect-error an open loop has a rate, or stages
  workload: { model: 'open' },
  baseline: 'a',
  variants: { a: make, b: make },
})

defineScenario({
  question: '?',
  // @ts-expect-error a stage has a rate
  workload: { model: 'open', stages: [{ durationMs: 1_000 }] },
  baseline: 'a',
  variants: { a: make, b: make },
})
