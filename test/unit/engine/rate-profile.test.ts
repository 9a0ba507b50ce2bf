import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeStagedArrivals } from '../../../src/engine/arrivals.ts'
import { makeRandom } from '../../../src/plan/random.ts'
import { makeProfile, stagesOf } from '../../../src/plan/rate-profile.ts'
import { meanRate, type RateStage } from '../../../src/scenario/stages.ts'

const ramp = (durationMs: number, fromRate: number, toRate: number): RateStage => ({ durationMs, fromRate, toRate })
const due = (stages: readonly RateStage[]) => [
  ...makeStagedArrivals({ stages, process: 'constant', random: makeRandom(1) }),
]
const stages = fc.array(
  fc.record({
    durationMs: fc.integer({ min: 0, max: 5_000 }),
    fromRate: fc.integer({ min: 0, max: 300 }),
    toRate: fc.integer({ min: 0, max: 300 }),
  }),
  { minLength: 1, maxLength: 6 },
)

describe('a profile', () => {
  const profile = makeProfile([ramp(1_000, 0, 100), ramp(500, 100, 100)])

  it('has spans, stages and an end', () => {
    expect(profile).toMatchObject({ durationMs: 1_500, total: 100 })
    expect(profile.spans).toEqual([
      { startMs: 0, endMs: 1_000 },
      { startMs: 1_000, endMs: 1_500 },
    ])
    expect([0, 999, 1_000, 1_500, 9_999].map((ms) => profile.stageAt(ms))).toEqual([0, 0, 1, 1, 1])
    expect(() => profile.timeOf(100)).toThrow(new RangeError('the profile ends before 100 arrivals'))
  })

  it('of no stage is empty', () => {
    expect(makeProfile([])).toMatchObject({ durationMs: 0, total: 0, spans: [] })
  })

  it('is that of an open loop only', () => {
    const stages = [ramp(1_000, 0, 100)]
    expect(stagesOf({ model: 'open', stages } as never)).toBe(stages)
    expect(stagesOf({ model: 'closed', stages } as never)).toBeUndefined()
  })
})

describe('staged arrivals', () => {
  it('are those of a constant rate when the rate is held', () => {
    expect(due([ramp(50, 100, 100)])).toEqual([0, 10, 20, 30, 40])
  })

  it('come as the square root of their number in a ramp from nothing', () => {
    // 100/s after 1 s: n arrivals are expected after √(n / 50) s.
    const times = due([ramp(1_000, 0, 100)])
    expect(times).toHaveLength(50)
    for (const [n, ms] of times.entries()) expect(ms).toBeCloseTo(Math.sqrt(n / 50) * 1_000, 9)
  })

  it('ramp down to nothing', () => {
    const times = due([ramp(1_000, 100, 0)])
    expect(times).toHaveLength(50)
    for (const [n, ms] of times.entries()) expect(ms).toBeCloseTo((1 - Math.sqrt(1 - n / 50)) * 1_000, 6)
  })

  it('step, jump and rest', () => {
    expect(due([ramp(20, 100, 100), ramp(30, 0, 0), ramp(0, 0, 1_000), ramp(3, 1_000, 1_000)])).toEqual([
      ...[0, 10],
      ...[50, 51, 52],
    ])
  })

  it('number the integral of the rate, ascend, and stay within the profile', () => {
    fc.assert(
      fc.property(stages, (profile) => {
        const times = due(profile)
        const { total, durationMs } = makeProfile(profile)
        expect(times).toHaveLength(Math.ceil(total))
        for (const [index, ms] of times.entries()) {
          expect(ms).toBeGreaterThanOrEqual(times[index - 1] ?? 0)
          expect(ms).toBeLessThanOrEqual(durationMs)
        }
      }),
    )
  })

  it('are where the integral of the rate reaches their number', () => {
    fc.assert(
      fc.property(stages, (profile) => {
        for (const [index, ms] of due(profile).entries()) {
          expect(Math.abs(integrate(profile, ms) - index)).toBeLessThan(1e-6 * (1 + index))
        }
      }),
    )
  })

  it('at random number about the integral, wherever they are looked at', () => {
    const profile = [ramp(2_000, 0, 400), ramp(3_000, 400, 400), ramp(1_000, 400, 0)]
    let [first, all] = [0, 0]
    const runs = 400
    for (let seed = 0; seed < runs; seed++) {
      const times = [...makeStagedArrivals({ stages: profile, process: 'poisson', random: makeRandom(seed) })]
      all += times.length
      first += times.filter((ms) => ms < 2_000).length
    }
    expect(Math.abs(first / runs - 400)).toBeLessThan(4)
    expect(Math.abs(all / runs - 1_800)).toBeLessThan(8)
  })
})

describe('makeProfile', () => {
  it('knows the stage of a time and the mean rate', () => {
    const profile = [ramp(100, 0, 10), ramp(0, 10, 50), ramp(100, 50, 50)]
    expect([0, 99, 100, 199, 200, 999].map(makeProfile(profile).stageAt)).toEqual([0, 0, 2, 2, 2, 2])
    expect(meanRate(profile)).toBeCloseTo(27.5, 9)
    expect(meanRate([])).toBe(0)
  })
})

/** The rate's integral up to a time, stage by stage. */
function integrate(profile: readonly RateStage[], untilMs: number): number {
  let startMs = 0
  let sum = 0
  for (const { durationMs, fromRate, toRate } of profile) {
    const ms = Math.min(Math.max(untilMs - startMs, 0), durationMs)
    const rateThen = durationMs === 0 ? fromRate : fromRate + ((toRate - fromRate) * ms) / durationMs
    sum += ((fromRate + rateThen) / 2_000) * ms
    startMs += durationMs
  }
  return sum
}
