import { describe, expect, it } from 'vitest'
import { LoadStopped } from '../../../src/arm/load-stopped.ts'
import { makeLoadWatch } from '../../../src/run/load-watch.ts'
import { makeBlock } from '../judge/make-block.ts'

describe('makeLoadWatch', () => {
  const block = (succeeded: number, failed: number) => ({
    ...makeBlock({ arm: 'a', round: 0, position: 0 }),
    succeeded,
    failed,
  })

  it('stops when more than the share of errors fails, over enough iterations', () => {
    const watch = makeLoadWatch({ abortOn: 0.05, maxRate: undefined })
    watch(block(6, 4))
    watch(block(100, 0))
    watch(block(95, 5))
    expect(() => watch(block(94, 6))).toThrow(
      new LoadStopped('stopped, as --abort-on says: 6 of the last 100 iterations failed'),
    )
  })

  it('stops a closed loop that goes faster than the cap', () => {
    const watch = makeLoadWatch({ abortOn: undefined, maxRate: 50 })
    const at = (requests: number) => ({ ...block(100, 0), elapsedMs: 1_000, wire: { ...block(0, 0).wire, requests } })
    watch(at(52))
    expect(() => watch(at(60))).toThrow(
      /^stopped: 60 per second are more than the 50 that someone else's server gets; .* raise --max-rate$/,
    )
  })
})
