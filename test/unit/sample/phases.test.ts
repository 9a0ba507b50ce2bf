import { describe, expect, it } from 'vitest'
import { makeRandom } from '../../../src/plan/random.ts'
import { type ExemplarBand, mergeExemplars } from '../../../src/sample/exemplars.ts'
import { bandOf, breakDown, mergeBands, type PhaseBand } from '../../../src/sample/phases.ts'

/** A band of iterations that each took `latencyUs`, the given part of it for the first byte. */
function makeBand(latencyUs: number, iterations: number, firstByteShare = 0.5): PhaseBand {
  const total = latencyUs * iterations
  const phasesUs = { firstByte: total * firstByteShare }
  return { band: bandOf(latencyUs), iterations, untraced: 0, latencyUs: total, phasesUs }
}

describe('bandOf', () => {
  it('is 2.2 % wide, and never below 0', () => {
    expect([0, 0.5, 1, 2, 1_024, 1_024 * 2 ** (1 / 32) + 0.001].map(bandOf)).toEqual([0, 0, 0, 32, 320, 321])
  })

  it('is bounded: an hour lies in band 1,015', () => {
    expect(bandOf(3_600_000_000)).toBe(1_015)
  })
})

describe('mergeBands', () => {
  it('adds what two blocks saw, in ascending order, as if they were one', () => {
    const merged = mergeBands([[makeBand(4_000, 3), makeBand(1_000, 2)], [makeBand(1_000, 5, 0.25)]])
    expect(merged).toEqual([
      { band: 318, iterations: 7, untraced: 0, latencyUs: 7_000, phasesUs: { firstByte: 2_250 } },
      { band: 382, iterations: 3, untraced: 0, latencyUs: 12_000, phasesUs: { firstByte: 6_000 } },
    ])
  })
})

describe('breakDown', () => {
  it('takes the iterations around the percentile: those of p50 and of p99 differ', () => {
    const bands = [makeBand(1_000, 980, 0.9), makeBand(50_000, 20, 0.1)]
    expect(breakDown(bands, 50)).toEqual({
      iterations: 100,
      untraced: 0,
      latencyUs: 1_000,
      phasesUs: { firstByte: 900 },
      otherUs: 100,
    })
    expect(breakDown(bands, 99)).toMatchObject({ iterations: 10, latencyUs: 50_000, phasesUs: { firstByte: 5_000 } })
  })

  it('weighs bands that the range cuts by the part that it takes', () => {
    // p50 reaches from 45 to 55 of 100: half from each band.
    const { latencyUs, iterations } = breakDown([makeBand(1_000, 50), makeBand(3_000, 50)], 50) ?? {}
    expect(latencyUs).toBeCloseTo(2_000, 6)
    expect(iterations).toBeCloseTo(10, 6)
  })

  it('adds up: phases and other are the latency, for any bands', () => {
    const random = makeRandom(3)
    for (let run = 0; run < 50; run++) {
      const bands = mergeBands([
        Array.from({ length: 20 }, () => makeBand(10 ** (1 + 5 * random()), 1 + Math.floor(random() * 50), random())),
      ])
      for (const percent of [50, 99]) {
        const { latencyUs, phasesUs, otherUs } = breakDown(bands, percent) as NonNullable<ReturnType<typeof breakDown>>
        expect((phasesUs.firstByte ?? 0) + otherUs).toBeCloseTo(latencyUs, 6)
      }
    }
  })

  it('has nothing to say of nothing', () => {
    expect(breakDown([], 50)).toBeUndefined()
  })
})

describe('mergeExemplars', () => {
  const makeOne = (draw: number, latencyUs = 1_500) => ({ draw, latencyUs, startedUs: 0, requests: [] })
  const band = (octave: number, draws: number[], seen = draws.length): ExemplarBand => ({
    octave,
    seen,
    kept: draws.map((draw) => makeOne(draw)),
  })

  it('keeps those that one reservoir over all blocks would have kept', () => {
    const merged = mergeExemplars([[band(10, [0.1, 0.5, 0.7], 40)], [band(10, [0.2, 0.3, 0.9], 60), band(3, [0.4])]])
    expect(merged).toEqual([band(3, [0.4]), band(10, [0.1, 0.2, 0.3], 100)])
  })
})
