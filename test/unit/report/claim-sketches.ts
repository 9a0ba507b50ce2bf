import type { ComparisonResult } from '../../../src/document/model.ts'
import { renderText } from '../../../src/report/text.ts'
import type { BlockPhases } from '../../../src/sample/phases.ts'
import { plain } from '../../../src/words/paint.ts'
import { type BlockSketch, makeQuads } from '../judge/make-block.ts'
import { makeSketch, type Sketch } from './make-sketch.ts'

const wobble = (round: number) => 1 + ((round * 7) % 5) / 1_000 + round / 10_000
export type Change = Partial<BlockSketch>

/** A run of two arms of which b is changed. */
export function sketch(b: Change, scenario: Sketch['scenario'] = {}, a: Change = {}): Sketch {
  const blocks = makeQuads(8, (arm, round) => ({ latencyUs: 10_000 * wobble(round), ...(arm === 'b' ? b : a) }))
  return { blocks, scenario }
}

export const textOf = (of: Sketch) => renderText(makeSketch(of), { width: 5_000, paint: plain })

export function comparisonOf(of: Sketch): ComparisonResult {
  return makeSketch(of).scenarios[0]?.comparisons[0] as ComparisonResult
}

/** CPU time in this share of a block of 100 ms. */
export const cpu = (share: number) => ({ elapsedMs: 100, cpuUserUs: share * 80_000, cpuSystemUs: share * 20_000 })
export const server = (eventLoopUtilization: number) => ({
  server: { cpuUserUs: 1, cpuSystemUs: 1, eventLoopUtilization },
})

/** A median of which so much was spent in the pool, and so much on nothing that was seen. */
export const phases = (waitUs: number, otherUs = 0, untraced = 0): Pick<BlockSketch, 'phases'> => {
  const [firstByte, latencyUs] = [5_000, 5_000 + waitUs + otherUs]
  const bands: BlockPhases['bands'] = [
    {
      ...{ band: 400, iterations: 1_000, untraced, latencyUs: 1_000 * latencyUs },
      phasesUs: { wait: 1_000 * waitUs, firstByte: 1_000 * firstByte },
    },
  ]
  return { phases: { histograms: {}, bands, exemplars: [] } }
}
