import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../src/bench-error.ts'
import { checkRate, checkWorkload, makeLoadGuard, resolveHostedLimits } from '../../../src/plan/hosted-limits.ts'

const none = { ratePerSecond: undefined, connections: undefined, errorShare: undefined }

describe('resolveHostedLimits', () => {
  it.each([
    [{ isHosted: false }, none],
    [{ isHosted: true }, { ratePerSecond: 50, connections: 10, errorShare: 0.05 }],
    [
      { isHosted: true, maxRate: 900, maxConnections: 3, abortOn: 0.5 },
      { ratePerSecond: 900, connections: 3, errorShare: 0.5 },
    ],
    [
      { isHosted: false, maxRate: 900 },
      { ...none, ratePerSecond: 900 },
    ],
    [
      { isHosted: true, abortOn: 0 },
      { ratePerSecond: 50, connections: 10, errorShare: 0 },
    ],
  ])('%j', (options, limits) => {
    expect(resolveHostedLimits(options)).toEqual(limits)
  })
})

describe('caps', () => {
  const caps = { ...none, ratePerSecond: 50, connections: 10 }
  const open = { model: 'open', arrivals: 'constant', maxInFlight: 99, iterationTimeoutMs: 1_000 } as const
  const closed = { model: 'closed', iterationTimeoutMs: 1_000 } as const

  it('let through what just reaches them', () => {
    for (const rate of [undefined, 50]) expect(() => checkRate(rate, caps)).not.toThrow()
    expect(() => checkRate(1e6, none)).not.toThrow()
    expect(() => checkWorkload({ ...closed, concurrency: 10 }, caps)).not.toThrow()
    expect(() => checkWorkload({ ...closed, concurrency: 999 }, none)).not.toThrow()
    expect(() => checkWorkload({ ...open, arrivalRate: 50 }, caps)).not.toThrow()
  })

  it('refuse the least more, and say which one and what to do', () => {
    const tooFast = new UsageError('a rate of 51 per second is above the cap of 50: lower it, or raise --max-rate')
    expect(() => checkRate(51, caps)).toThrow(tooFast)
    expect(() => checkWorkload({ ...open, arrivalRate: 51 }, caps)).toThrow(tooFast)
    for (const [fromRate, toRate] of [
      [51, 0],
      [0, 51],
    ] as const) {
      const stages = [{ durationMs: 1_000, fromRate, toRate }]
      expect(() => checkWorkload({ ...open, arrivalRate: 25, stages }, caps)).toThrow(tooFast)
    }
    expect(() => checkWorkload({ ...closed, concurrency: 11 }, caps)).toThrow(
      new UsageError(
        '11 requests under way may open as many connections, above the cap of 10: lower --concurrency, or raise --max-connections',
      ),
    )
  })
})

it('load is watched where a rate or errors are capped', () => {
  expect(makeLoadGuard(none)).toBeUndefined()
  expect(makeLoadGuard({ ...none, connections: 5 })).toBeUndefined()
  expect(makeLoadGuard({ ...none, errorShare: 0 })).toEqual({ mostErrors: 0, mostPerSecond: undefined })
  expect(makeLoadGuard({ ...none, ratePerSecond: 9 })).toEqual({ mostErrors: undefined, mostPerSecond: 9 })
})
