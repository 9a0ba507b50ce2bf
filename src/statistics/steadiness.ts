import { median } from './quantile.ts'
import { testTrend } from './trend.ts'

export const steadinessStates = ['steady', 'unsteady', 'too few'] as const

/** Whether an arm's blocks had settled after warm-up. */
interface Steadiness {
  readonly state: (typeof steadinessStates)[number]
  readonly pValue: number | undefined
  /** Estimated change from the first batch to the last. */
  readonly changePercent: number | undefined
}

/** The trend that makes an arm unsteady: surer than this, and at least this large. */
const steadinessDefaults = Object.freeze({ alpha: 0.01, leastChangePercent: 3 })

// Neighbouring blocks are alike (correlation .76): the test on single blocks calls a third of all steady series unsteady.
// Medians of few long batches are nearly independent; 6 are the fewest that can reach p < .01, 8 have more power.
const FEWEST_BLOCKS = 12
const MANY_BLOCKS = 64

/** Mann-Kendall test over medians of 6 or 8 batches of an arm's block values, all above zero, in the order they ran. */
export function testSteadiness(values: readonly number[]): Steadiness {
  if (values.length < FEWEST_BLOCKS) return { state: 'too few', pValue: undefined, changePercent: undefined }
  const batches = batchMedians(values.map(Math.log), values.length < MANY_BLOCKS ? 6 : 8)
  const { pValue, slopePerStep } = testTrend(batches)
  const changePercent = Math.expm1(slopePerStep * (batches.length - 1)) * 100
  const isUnsteady =
    pValue < steadinessDefaults.alpha && Math.abs(changePercent) >= steadinessDefaults.leastChangePercent
  return { state: isUnsteady ? 'unsteady' : 'steady', pValue, changePercent }
}

/** The medians of `batches` runs of neighbouring values, as equal in length as can be; all values when there are no more. */
export function batchMedians(values: readonly number[], batches: number): number[] {
  if (values.length <= batches) return [...values]
  const edge = (batch: number) => Math.floor((batch * values.length) / batches)
  return Array.from({ length: batches }, (_, batch) => median(values.slice(edge(batch), edge(batch + 1))))
}
