import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../src/bench-error.ts'
import { checkRate, checkWorkload, makeLoadGuard, resolveCaps } from '../../../src/plan/load-caps.ts'

const none = { maxRate: undefined, maxConnections: undefined, abortOn: undefined }
const usual = { maxRate: 50, maxConnections: 10, abortOn: 0.05 }

describe('resolveCaps', () => {
  const own = { externalOrigin: 'http://127.0.0.1:3000/base' }
  const hosted = { externalOrigin: 'https://staging.example.org' }

  it.each([
    [{}, none],
    [own, none],
    [hosted, usual],
    [
      { ...hosted, maxRate: 900, maxConnections: 3, abortOn: 0.5 },
      { maxRate: 900, maxConnections: 3, abortOn: 0.5 },
    ],
    [
      { ...own, maxRate: 900 },
      { ...none, maxRate: 900 },
    ],
    [
      { ...hosted, abortOn: 0 },
      { ...usual, abortOn: 0 },
    ],
  ])('%j', (options, caps) => {
    expect(resolveCaps(options)).toEqual(caps)
  })
})

describe('caps', () => {
  const caps = { ...none, maxRate: 50, maxConnections: 10 }
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
  expect(makeLoadGuard({ ...none, maxConnections: 5 })).toBeUndefined()
  expect(makeLoadGuard({ ...none, abortOn: 0 })).toEqual({ abortOn: 0, maxRate: undefined })
  expect(makeLoadGuard({ ...none, maxRate: 9 })).toEqual({ abortOn: undefined, maxRate: 9 })
})
