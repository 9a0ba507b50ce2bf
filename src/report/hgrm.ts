import type { Results } from '../document/model.ts'
import { Histogram } from '../sample/histogram.ts'
import { makeUnique } from '../words/make-unique.ts'
import { listArms } from './list-arms.ts'
import { makeArmName, type ReportFile } from './report-file.ts'

/**
 * HdrHistogram's percentile distribution of each arm's latency: a file per arm, as its plotter reads them. Values are in ms; in
 * ns where the file's name says so, of calls that are too short for ms.
 */
export function renderHgrm(results: Results): ReportFile[] {
  const arms = listArms(results)
  const names = makeUnique(arms.map(makeArmName))
  return arms.map(({ arm }, index) => ({
    name: `${names[index]}${arm.histogramUnit === 'ps' ? '.ns' : ''}.hgrm`,
    text: Histogram.decode(arm.latency.encoded, arm.histogramUnit).percentileDistribution(),
  }))
}
