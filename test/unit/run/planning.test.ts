import { describe, expect, it } from 'vitest'
import { chooseBlockLength, chooseLeadIn } from '../../../src/run/choose-block-length.ts'
import { planGenerations } from '../../../src/run/plan-generations.ts'

describe('chooseBlockLength', () => {
  const closed = { model: 'closed', concurrency: 10, iterationTimeoutMs: 10_000 } as const
  const fast = { p50Us: 400, iterationsPerSecond: 25_000, requestsPerSecond: 25_000 }
  const slow = { p50Us: 60_000, iterationsPerSecond: 1_000, requestsPerSecond: 1_000 }

  it.each([
    ['a fast arm gets the shortest block', fast, {}, 100],
    ['a slow one gets five of its latencies', slow, {}, 300],
    ['or about a hundred requests', { p50Us: 45_000, iterationsPerSecond: 20, requestsPerSecond: 200 }, {}, 500],
    ['or iterations, when none sends a request', { p50Us: 1, iterationsPerSecond: 200, requestsPerSecond: 0 }, {}, 500],
    ['an arm without a rate gets the shortest', { p50Us: 0, iterationsPerSecond: 0, requestsPerSecond: 0 }, {}, 100],
    ['a pause is part of the five', slow, { thinkTimeMs: 200 }, 1_300],
    ['by its mean, when it is uniform', slow, { thinkTimeMs: { minMs: 100, maxMs: 300 } }, 1_300],
    ['or exponential', slow, { thinkTimeMs: { meanMs: 200 } }, 1_300],
    ['a number of iterations takes what they take', slow, { iterations: 10, thinkTimeMs: 9 }, 10],
  ])('%s', (_, warm, more, expectedMs) => {
    expect(chooseBlockLength(warm, { blockMs: 100, workload: { ...closed, ...more } })).toBe(expectedMs)
  })

  it('goes by the rate of an open loop as it was asked for, whatever the warm-up saw of it', () => {
    const workload = {
      model: 'open',
      arrivalRate: 250,
      arrivals: 'poisson',
      maxInFlight: 9,
      iterationTimeoutMs: 9,
    } as const
    const seen = [100, 180, 250].map((rate) => ({ p50Us: 900, iterationsPerSecond: rate, requestsPerSecond: rate }))
    expect(seen.map((warm) => chooseBlockLength(warm, { blockMs: 100, workload }))).toEqual([400, 400, 400])
  })
})

describe('chooseLeadIn', () => {
  const closed = { model: 'closed', concurrency: 10, iterationTimeoutMs: 10_000 } as const
  const open = { model: 'open', arrivalRate: 9, arrivals: 'constant', maxInFlight: 9, iterationTimeoutMs: 9 } as const

  it.each([
    ['is one latency in a closed loop, in whole ms', closed, 'process', 41],
    ['is none where nothing queues', { ...closed, concurrency: 1 }, 'process', 0],
    ['is none where workers start spread out', { ...closed, thinkTimeMs: 100 }, 'process', 0],
    ['is none in blocks of an exact number of iterations', { ...closed, iterations: 10 }, 'process', 0],
    ['is none where the beginning is what is measured', closed, 'block', 0],
    ['is none in an open loop', open, 'process', 0],
  ] as const)('%s', (_, workload, variantPer, expectedMs) => {
    expect(chooseLeadIn({ p50Us: 40_100 }, { workload, variantPer })).toBe(expectedMs)
  })
})

describe('planGenerations', () => {
  const arms = ['a', 'b'].map((id) => ({ id, variant: id, params: {} }))
  const limits = { arms, maxRounds: 16, generationsToJudge: 8, generationsToLook: 3 }
  const plan = (budgetMs: number, more: object = {}) =>
    planGenerations({ plan: { ...limits, budgetMs, ...more }, startMs: 5_000, roundMs: 500 })

  it.each([
    ['a minute is enough for a verdict', 60_000, { generations: 8, roundsPerGeneration: 5 }],
    ['the least for a verdict', 44_000, { generations: 8, roundsPerGeneration: 1 }],
    ['less is enough to look', 43_000, { generations: 3, roundsPerGeneration: 16 }],
    ['the least to look', 16_500, { generations: 3, roundsPerGeneration: 1 }],
    ['too little', 16_000, undefined],
    ['many rounds in a generation tell nothing new', 600_000, { generations: 8, roundsPerGeneration: 16 }],
  ])('%s', (_, budgetMs, planned) => {
    expect(plan(budgetMs)).toEqual(planned)
  })

  it('is content with one generation of an arm that is alone', () => {
    expect(plan(6_000, { arms: arms.slice(1) })).toEqual({ generations: 1, roundsPerGeneration: 2 })
  })

  it('takes the numbers that the user asks for', () => {
    expect(plan(60_000, { generations: 5 })).toEqual({ generations: 5, roundsPerGeneration: 14 })
    expect(plan(60_000, { generations: 5, maxRounds: 2 })).toEqual({ generations: 5, roundsPerGeneration: 2 })
    expect(plan(27_000, { generations: 5 })).toBeUndefined()
  })
})
