import { describe, expect, it } from 'vitest'
import { judgeAwaited } from '../../../src/judge/judge-awaited.ts'
import type { Threshold } from '../../../src/scenario/scenario-parts.ts'
import { makeQuads, makeRounds } from './make-block.ts'
import { type Arm, makeOptions, planWith, threeVariants, wobble } from './make-options.ts'

describe('judgeAwaited', () => {
  const blocks = makeQuads(8, (arm, round) => ({ latencyUs: (arm === 'a' ? 10_000 : 5_000) * wobble(round) }))
  const gates = (thresholds: readonly Threshold<'a' | 'b'>[]) =>
    judgeAwaited(makeOptions(blocks, planWith({ thresholds })))

  it('waits for a ratio whose limit lies in the interval, though the verdict is clear', () => {
    expect(gates([])).toEqual(['faster'])
    expect(gates([{ variant: 'b', metric: 'latency.p50', maxRatio: 0.7 }])).toEqual(['faster', 'same'])
    expect(gates([{ variant: 'b', metric: 'latency.p50', maxRatio: 0.5 }])).toEqual(['faster', 'inconclusive'])
  })

  it('waits for no ratio that is none: of an exact limit, or of the baseline to itself', () => {
    expect(gates([{ variant: 'b', metric: 'latency.p50', max: 5.015 }])).toEqual(['faster'])
    expect(gates([{ variant: 'a', metric: 'latency.p50', maxRatio: 0.5 }])).toEqual(['faster'])
  })

  it('waits for the ratio of the variant that has the limit, of no other', () => {
    const latencyUs = { a: 10_000, b: 5_000, c: 8_000 }
    const rounds = makeRounds(16, ['a', 'b', 'c'], (arm, round) => ({ latencyUs: latencyUs[arm] * wobble(round) }))
    const gatesOf = (variant: Arm) =>
      judgeAwaited(
        makeOptions(
          rounds,
          planWith({ variants: threeVariants, thresholds: [{ variant, metric: 'latency.p50', maxRatio: 0.5 }] }),
        ),
      )
    expect(gatesOf('b')).toEqual(['faster', 'faster', 'inconclusive'])
    expect(gatesOf('c')).toEqual(['faster', 'faster', 'same'])
  })
})
