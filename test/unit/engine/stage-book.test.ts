import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeStagedArrivals } from '../../../src/engine/arrivals.ts'
import { type OpenLoopOptions, runOpenLoop } from '../../../src/engine/open-loop.ts'
import { makeRandom } from '../../../src/plan/random.ts'
import { makeProfile } from '../../../src/plan/rate-profile.ts'
import { takeShard } from '../../../src/plan/shard.ts'
import { Histogram } from '../../../src/sample/histogram.ts'
import type { MeasuredStage } from '../../../src/sample/stages.ts'
import { mergeStages } from '../../../src/sample/stages.ts'
import type { RateStage } from '../../../src/scenario/stages.ts'
import { type FakeClock, makeFakeClock } from './fake-clock.ts'

const hold = (durationMs: number, rate: number): RateStage => ({ durationMs, fromRate: rate, toRate: rate })
const ramp = (durationMs: number, fromRate: number, toRate: number): RateStage => ({ durationMs, fromRate, toRate })

interface Settings extends Partial<Pick<OpenLoopOptions, 'maxInFlight' | 'mostIterations' | 'iterationTimeoutMs'>> {
  readonly run: OpenLoopOptions['run']
  readonly process?: 'constant' | 'poisson'
  readonly shard?: { readonly index: number; readonly count: number }
}

function runStages(
  clock: FakeClock,
  stages: readonly RateStage[],
  { process = 'constant', shard = { index: 0, count: 1 }, ...options }: Settings,
) {
  const profile = makeProfile(stages)
  const arrivals = takeShard(makeStagedArrivals({ stages, process, random: makeRandom(7) }), shard)
  const defaults = { durationMs: profile.durationMs, maxInFlight: 1_000, iterationTimeoutMs: 60_000 }
  return clock.drive(runOpenLoop({ ...defaults, arrivals, profile, clock, ...options }))
}

const countsOf = (stages: readonly MeasuredStage[] = []) =>
  stages.map(({ workMs, intended, dropped, succeeded, failed }) => ({
    // To the nanosecond: beyond it there is only what adding doubles in another order rounds away.
    workMs: Number(workMs.toFixed(6)),
    ...{ intended, dropped, succeeded, failed },
  }))
const us = (encoded: string, percent: number) => Histogram.decode(encoded).percentileUs(percent)

describe('an open loop of stages', () => {
  it('counts exactly the integral of the rate in each of them', async () => {
    const clock = makeFakeClock()
    const profile = [ramp(1_000, 0, 100), hold(500, 100), ramp(1_000, 100, 0), hold(200, 0), hold(100, 500)]
    const { stages, intended, succeeded } = await runStages(clock, profile, { run: () => clock.sleep(5) })
    expect(countsOf(stages)).toEqual(
      [
        [1_000, 50],
        [500, 50],
        [1_000, 50],
        [200, 0],
        [100, 50],
      ].map(([workMs, count]) => ({ workMs, intended: count, dropped: 0, succeeded: count, failed: 0 })),
    )
    expect({ intended, succeeded }).toEqual({ intended: 200, succeeded: 200 })
    const [first] = stages ?? []
    expect(us(first?.service ?? '', 100)).toBe(5_003)
    expect(us(first?.response ?? '', 50)).toBeGreaterThanOrEqual(5_000)
    expect(us(first?.dispatchDelay ?? '', 100)).toBeLessThanOrEqual(11)
  })

  it('tells an arrival by the stage in which it was due, however late it was sent or answered', async () => {
    const clock = makeFakeClock()
    let isFirst = true
    const run = async () => {
      // Blocks the loop from 0 to 45 ms: of the arrivals due at 10, 20, 30 and 40 ms, two belong to the second stage.
      if (isFirst) clock.block(45)
      isFirst = false
    }
    const { stages } = await runStages(clock, [hold(30, 100), hold(30, 100)], { run })
    expect(countsOf(stages)).toMatchObject([
      { intended: 3, succeeded: 3 },
      { intended: 3, succeeded: 3 },
    ])
    const [first, second] = stages as [MeasuredStage, MeasuredStage]
    // The first took 45 ms to send what it had 30 ms for.
    expect(Math.round(first.workMs)).toBe(45)
    expect(second.workMs).toBe(30)
    const late = [first, second].map(({ dispatchDelay }) =>
      [34, 67, 100].map((percent) => Math.round(us(dispatchDelay, percent) / 1_000)),
    )
    // 0, 35 and 25 ms late; then 15, 5 and not at all.
    expect(late).toEqual([
      [25, 35, 35],
      [5, 15, 15],
    ])
    // What the first itself took is its service time.
    expect(us(first.service, 100)).toBe(45_023)
    expect(us(second.service, 100)).toBe(1)
  })

  it('counts what is dropped and what fails where it was due', async () => {
    const clock = makeFakeClock()
    const run = (signal: AbortSignal) => clock.sleep(clock.nowMs() < 100 ? 1 : 5_000, signal)
    const options = { run, maxInFlight: 2, iterationTimeoutMs: 1_000 }
    const { stages, dropped, failed } = await runStages(clock, [hold(100, 100), hold(100, 100)], options)
    expect(countsOf(stages)).toEqual([
      { workMs: 100, intended: 10, dropped: 0, succeeded: 10, failed: 0 },
      { workMs: 100, intended: 10, dropped: 8, succeeded: 0, failed: 2 },
    ])
    expect({ dropped, failed }).toEqual({ dropped: 8, failed: 2 })
    expect(Histogram.decode(stages?.[1]?.dispatchDelay ?? '').count).toBe(2)
  })

  it('says how long a stage lasted when the data came to an end in it', async () => {
    const clock = makeFakeClock()
    const profile = [hold(100, 100), hold(100, 100), hold(100, 100)]
    const { stages } = await runStages(clock, profile, { run: () => {}, mostIterations: 15 })
    expect(countsOf(stages)).toMatchObject([
      { workMs: 100, intended: 10 },
      { workMs: 50, intended: 5 },
      { workMs: 0, intended: 0 },
    ])
  })

  it('is the same in several processes together as in one', async () => {
    const rates = fc.record({
      durationMs: fc.integer({ min: 1, max: 300 }),
      fromRate: fc.integer({ min: 0, max: 400 }),
      toRate: fc.integer({ min: 0, max: 400 }),
    })
    const settings = fc.record({
      profile: fc.array(rates, { minLength: 1, maxLength: 5 }),
      count: fc.integer({ min: 1, max: 5 }),
      process: fc.constantFrom('constant' as const, 'poisson' as const),
    })
    const property = fc.asyncProperty(settings, async ({ profile, count, process }) => {
      const runOne = async (shard?: Settings['shard']) => {
        const clock = makeFakeClock()
        const options = { run: () => clock.sleep(3), process, ...(shard && { shard }) }
        return (await runStages(clock, profile, options)).stages ?? []
      }
      const whole = await runOne()
      const shards = await Promise.all(Array.from({ length: count }, (_, index) => runOne({ index, count })))
      expect(countsOf(mergeStages(shards))).toEqual(countsOf(whole))
      const schedule = [...makeStagedArrivals({ stages: profile, process, random: makeRandom(7) })]
      const inTime = schedule.filter((dueMs) => dueMs < makeProfile(profile).durationMs)
      expect(whole.reduce((sum, { intended }) => sum + intended, 0)).toBe(inTime.length)
    })
    await fc.assert(property, { numRuns: 40 })
  })
})
