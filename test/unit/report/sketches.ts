import type { Block } from '../../../src/sample/block.ts'
import { Histogram } from '../../../src/sample/histogram.ts'
import type { BlockPhases } from '../../../src/sample/phases.ts'
import { makeBlock, makeQuads } from '../judge/make-block.ts'
import { makeSketch } from './make-sketch.ts'

const wobble = (round: number) => 1 + ((round * 7) % 5) / 1_000 + round / 10_000

/** Like http at 20 ms: a opens a connection for each request, b keeps ten. */
const distance = makeQuads(8, (arm, round) => ({
  latencyUs: (arm === 'a' ? 41_000 : 20_500) * wobble(round),
  requests: 200,
  wire: { connectionsOpened: arm === 'a' ? 200 : 0 },
  newCarriers: { connections: arm === 'a' ? 200 : round === 0 ? 5 : 0, handshakesFull: 0, handshakesResumed: 0 },
}))

const thresholds = [
  { variant: 'b', metric: 'latency.p50', maxRatio: 0.7 },
  { variant: 'a', metric: 'connectionsPerRequest', max: 0.5 },
] as const

/** Two variants at three points of a sweep: b is twice as fast, and sends more requests and fails more the larger n is. */
const sweep = Array.from({ length: 8 }, (_, round) => {
  const ids = [1, 10, 100].flatMap((n) => [`a n=${n}`, `b n=${n}`])
  const half = round % 2 === 0 ? ids : ids.toReversed()
  return [...half, ...half.toReversed()].map((arm, position) => {
    const [, variant, n = ''] = /(.) n=(\d+)/.exec(arm) ?? []
    const isRetrying = variant === 'b' && n === '100'
    return makeBlock({
      ...{ arm, round, position, requests: 200 },
      latencyUs: (variant === 'a' ? 1_000 : 500) * (Number(n) + 10) * wobble(round),
      ...(isRetrying && { succeeded: 190, failed: 10, wire: { requests: 250 } }),
      ...(isRetrying && { failures: [{ code: 'status' as const, count: 10, message: '503' }] }),
    })
  })
}).flat()

const emptyHistogram = new Histogram().encode()

/** Like an open loop at 100/s whose target stalled: sent on time, and answered late now and then. */
const stalled = makeQuads(8, (arm, round) => {
  const { service } = makeBlock({ arm, latencyUs: (arm === 'a' ? 41_000 : 20_500) * wobble(round), requests: 200 })
  const dispatchDelay = makeBlock({ arm, latencyUs: arm === 'a' ? 12 : 2_400, requests: 200 }).service
  return {
    latencyUs: 1_000,
    requests: 200,
    openLoop: { intended: 201, dropped: arm === 'a' ? 0 : 1, response: service, dispatchDelay },
    p50Us: Histogram.decode(service).percentileUs(50),
    p90Us: Histogram.decode(service).percentileUs(90),
    p99Us: Histogram.decode(service).percentileUs(99),
    failedService: emptyHistogram,
  }
})

const latencyOf = (latencyUs: number, requests: number) => makeBlock({ arm: 'a', latencyUs, requests }).service

/** Two stages of a load that a keeps up with only in the first: each arm twice, for a look. */
const staged = makeQuads(1, (arm) => {
  const [responseUs, dropped, failed] = arm === 'a' ? [90_000, 40, 3] : [20_500, 0, 0]
  const stage = { workMs: 1_000, dispatchDelay: latencyOf(12, 200) }
  const held = latencyOf(20_500, 100)
  const busy = latencyOf(responseUs, 200 - dropped - failed)
  return {
    ...{ latencyUs: 20_000, requests: 300 - dropped - failed, failed, elapsedMs: 2_010, workMs: 2_000 },
    ...{ p50Us: responseUs, p90Us: responseUs, p99Us: responseUs, wire: { requests: 300 - dropped } },
    openLoop: { intended: 300, dropped, response: busy, dispatchDelay: latencyOf(12, 300) },
    stages: [
      {
        ...stage,
        intended: 100,
        dropped: 0,
        succeeded: 100,
        failed: 0,
        response: held,
        service: latencyOf(20_000, 100),
      },
      { ...stage, intended: 200, dropped, succeeded: 200 - dropped - failed, failed, response: busy, service: held },
    ],
  }
})

/** Of 200 iterations of 41 ms each, on a connection of its own; one of 20.5 ms on a kept one. */
const fresh: BlockPhases = {
  histograms: {},
  bands: [
    {
      ...{ band: 490, iterations: 200, untraced: 0, latencyUs: 200 * 41_000 },
      phasesUs: { wait: 4_000, connect: 20_000, firstByte: 8_000_000, body: 10_000 },
    },
  ],
  exemplars: [
    {
      ...{ octave: 15, seen: 200 },
      kept: [
        {
          ...{ draw: 0.01, latencyUs: 41_020, startedUs: 0 },
          requests: [
            {
              ...{ connection: 7, isReused: false, status: 200 },
              ...{ askedUs: 12, openedUs: 31, connectedUs: 140, sentUs: 160, headUs: 40_900, endedUs: 41_000 },
            },
          ],
        },
      ],
    },
  ],
}
const kept: BlockPhases = {
  histograms: {},
  bands: [
    {
      ...{ band: 458, iterations: 200, untraced: 2, latencyUs: 200 * 20_500 },
      phasesUs: { wait: 2_000, firstByte: 4_000_000 },
    },
  ],
  exemplars: [{ octave: 14, seen: 200, kept: [{ draw: 0.2, latencyUs: 20_500, startedUs: 0, requests: [] }] }],
}

/** Results of runs by what came of them. */
export const sketches = {
  'open-loop': makeSketch({
    blocks: stalled,
    scenario: { workload: { model: 'open', arrivalRate: 100, maxInFlight: 50 } },
  }),
  stages: makeSketch({
    blocks: staged,
    end: { state: 'bound reached' },
    scenario: {
      errorBudget: 0.1,
      workload: {
        model: 'open',
        stages: [
          { durationMs: 1_000, arrivalRate: 0, rampTo: 200 },
          { durationMs: 1_000, arrivalRate: 200 },
        ],
      },
    },
  }),
  faster: makeSketch({
    blocks: distance,
    scenario: { target: { rttMs: 20 }, explain: 'Because of the round trips.', thresholds },
  }),
  model: makeSketch({
    blocks: distance,
    scenario: {
      target: { rttMs: 20 },
      roundTrips: { a: { http: 2, https: 3 }, b: 2 },
      expect: [
        { variant: 'b', ratio: { max: 0.7 }, because: 'one round trip instead of two' },
        { variant: 'b', metric: 'throughput', ratio: { min: 4, max: 5 } },
      ],
    },
  }),
  phases: makeSketch({
    blocks: distance.map((block) => ({ ...block, phases: block.arm === 'a' ? fresh : kept })),
    scenario: { target: { rttMs: 20 } },
  }),
  same: makeSketch({ blocks: makeQuads(16, (_, round) => ({ latencyUs: 10_000 * wobble(round * 3) })) }),
  slower: makeSketch({
    blocks: makeQuads(8, (arm, round) => ({ latencyUs: (arm === 'a' ? 10_000 : 10_800) * wobble(round) })),
  }),
  inconclusive: makeSketch({
    blocks: makeQuads(8, (arm, round) => ({
      latencyUs: arm === 'a' ? 10_000 : 10_000 * (1 + ((round * 5) % 7) / 40 - 0.06),
    })),
  }),
  look: makeSketch({
    end: { state: 'budget ended' },
    scenario: { isolation: 'process' },
    blocks: [0, 1, 2].flatMap((generation) =>
      makeQuads(2, (arm, round) => ({
        generation,
        latencyUs: (arm === 'a' ? 10_000 : 4_000 + 200 * generation) * wobble(round),
      })),
    ),
  }),
  invalid: makeSketch({
    blocks: distance.with(3, {
      ...(distance[3] as Block),
      disagreements: [{ count: 'connectionsOpened', client: 200, server: 201 }],
    }),
  }),
  failed: makeSketch({ blocks: [], end: { state: 'failed', message: "none of 9 iterations of 'a' succeeded" } }),
  interrupted: makeSketch({ blocks: distance.slice(0, 10), end: { state: 'interrupted' }, partial: true }),
  undecided: makeSketch({
    end: { state: 'bound reached' },
    blocks: distance.filter(({ round }) => round < 3),
    scenario: { thresholds: [{ variant: 'b', metric: 'latency.p50', maxRatio: 0.7 }] },
  }),
  sweep: makeSketch({
    blocks: sweep,
    scenario: {
      sweep: { n: [1, 10, 100] },
      errorBudget: 0.1,
      thresholds: [
        { variant: 'a', metric: 'errorRate', max: 0 },
        { variant: 'b', metric: 'errorRate', max: 0.01 },
        { variant: 'b', metric: 'latency.p50', maxRatio: 0.7 },
      ],
    },
  }),
  errors: makeSketch({
    blocks: makeQuads(8, (arm, round) => ({
      latencyUs: (arm === 'a' ? 10_000 : 5_000) * wobble(round),
      ...(arm === 'b' && { failed: 50, failures: [{ code: 'reset' as const, count: 50, message: 'socket hang up' }] }),
    })),
  }),
}
