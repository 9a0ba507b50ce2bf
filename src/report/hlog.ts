import type { Results } from '../document/model.ts'
import type { Block } from '../sample/block.ts'
import { latencyOf } from '../sample/block-core.ts'
import { Histogram } from '../sample/histogram.ts'
import { at } from '../session/at.ts'
import { plainMs, plainNs, plainSecondsOfMs } from '../words/format.ts'
import { makeUnique } from '../words/make-unique.ts'
import { epochMsOf } from './epoch-ms.ts'
import { type ListedArm, listArms } from './list-arms.ts'
import { makeArmName } from './report-file.ts'

/**
 * HdrHistogram's log, format 1.3: a line per block with the V2 histogram of its latencies (values in µs), tagged with its arm.
 * The maximum that a line repeats is in ms, in ns where values are in ps.
 */
export function renderHlog(results: Results): string {
  const arms = listArms(results)
  const tags = makeUnique(arms.map(makeArmName))
  const intervals = arms.flatMap(({ comparison, arm }, index) =>
    comparison.blocks.filter((block) => block.arm === arm.id).map((block) => makeInterval(block, at(tags, index))),
  )
  return [
    '#[Histogram log format version 1.3]',
    '#[sessionbench: values in µs, Interval_Max in ms; where an arm says so in ps and ns]',
    ...arms.map((listed, index) => `#[${tags[index]}: ${describeArm(listed)}]`),
    `#[StartTime: ${plainSecondsOfMs(epochMsOf(results.startedAt))} (seconds since epoch)]`,
    '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"',
    ...intervals.toSorted((a, b) => a.startMs - b.startMs).map(({ line }) => line),
    '',
  ].join('\n')
}

function makeInterval(block: Block, tag: string): { readonly startMs: number; readonly line: string } {
  const startMs = epochMsOf(block.startedAt)
  const encoded = latencyOf(block)
  const { maxUs } = Histogram.decode(encoded, block.histogramUnit)
  const times = [startMs, block.elapsedMs].map(plainSecondsOfMs)
  const max = block.histogramUnit === 'ps' ? plainNs(maxUs) : plainMs(maxUs)
  return { startMs, line: `Tag=${[tag, ...times, max, encoded].join(',')}` }
}

/** The names that the tag was made from; on one line, whatever they hold. */
function describeArm({ scenario, comparison, arm }: ListedArm): string {
  const unit = arm.histogramUnit === undefined ? '' : `, values in ${arm.histogramUnit}, Interval_Max in ns`
  return `${JSON.stringify([scenario.name, comparison.id, arm.id])}${unit}`
}
