import { Histogram } from '../sample/histogram.ts'
import { listArms } from './list-arms.ts'
import { makeUnique } from './make-unique.ts'
import type { Results } from './model.ts'
import { makeArmName, type ReportFile } from './report-file.ts'

/** HdrHistogram's percentile distribution of each arm's latency, in ms: a file per arm, as its plotter reads them. */
export function renderHgrm(results: Results): ReportFile[] {
  const arms = listArms(results)
  const names = makeUnique(arms.map(makeArmName))
  return arms.map(({ arm }, index) => ({
    name: `${names[index]}.hgrm`,
    text: Histogram.decode(arm.latency.encoded, arm.histogramUnit).percentileDistributionMs(),
  }))
}
