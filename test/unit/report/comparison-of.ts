import type { ComparisonResult } from '../../../src/document/model.ts'
import { makeSketch, type Sketch } from './make-sketch.ts'

/** The only comparison of a sketch. */
export function comparisonOf(sketch: Sketch): ComparisonResult {
  const [comparison] = makeSketch(sketch).scenarios.flatMap(({ comparisons }) => comparisons)
  return comparison as ComparisonResult
}

const wobble = (round: number) => 1 + ((round * 7) % 5) / 1_000 + round / 10_000

/** Latencies of two arms that are known to differ. */
export const steady = (arm: 'a' | 'b', round: number) => ({ latencyUs: (arm === 'a' ? 2_000 : 1_000) * wobble(round) })
