import { describe, expect, it } from 'vitest'
import { LoadStopped } from '../../../src/arm/load-stopped.ts'
import { checkWorkload, hostedDefaults, makeLoadGuard, resolveHostedLimits } from '../../../src/plan/hosted-limits.ts'
import { makeLoadWatch } from '../../../src/run/load-guard.ts'
import { makeBlock } from '../judge/make-block.ts'

const hosted = resolveHostedLimits({ isHosted: true })
const own = resolveHostedLimits({ isHosted: false })

describe('resolveHostedLimits', () => {
  it("caps someone else's server by default, and this machine only when asked", () => {
    const { ratePerSecond, connections, errorShare } = hostedDefaults
    expect(hosted).toEqual({ ratePerSecond, connections, errorShare })
    expect(makeLoadGuard(own)).toBeUndefined()
    expect(resolveHostedLimits({ isHosted: true, maxRate: 500, maxConnections: 99, abortOn: 0.5 })).toEqual({
      ratePerSecond: 500,
      connections: 99,
      errorShare: 0.5,
    })
  })

  it('refuses a workload beyond the caps', () => {
    const closed = (concurrency: number) => ({ model: 'closed', concurrency, iterationTimeoutMs: 1 }) as const
    const open = {
      model: 'open',
      arrivalRate: 51,
      arrivals: 'constant',
      maxInFlight: 1,
      iterationTimeoutMs: 1,
    } as const
    expect(() => checkWorkload(closed(11), hosted)).toThrow(/raise --max-connections/)
    expect(() => checkWorkload(open, hosted)).toThrow(/raise --max-rate/)
    expect(() => checkWorkload(closed(10), hosted)).not.toThrow()
    expect(() => checkWorkload(closed(1_000), own)).not.toThrow()
  })
})

describe('makeLoadWatch', () => {
  const block = (succeeded: number, failed: number) => ({
    ...makeBlock({ arm: 'a', round: 0, position: 0 }),
    succeeded,
    failed,
  })

  it('stops when more than the share of errors fails, over enough iterations', () => {
    const watch = makeLoadWatch({ mostErrors: 0.05, mostPerSecond: undefined })
    watch(block(6, 4))
    watch(block(100, 0))
    watch(block(95, 5))
    expect(() => watch(block(94, 6))).toThrow(
      new LoadStopped('stopped, as --abort-on says: 6 of the last 100 iterations failed'),
    )
  })

  it('stops a closed loop that goes faster than the cap', () => {
    const watch = makeLoadWatch({ mostErrors: undefined, mostPerSecond: 50 })
    const at = (requests: number) => ({ ...block(100, 0), elapsedMs: 1_000, wire: { ...block(0, 0).wire, requests } })
    watch(at(52))
    expect(() => watch(at(60))).toThrow(
      /^stopped: 60 per second are more than the 50 that someone else's server gets; .* raise --max-rate$/,
    )
  })
})
