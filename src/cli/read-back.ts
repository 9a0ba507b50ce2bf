import { UsageError } from '../bench-error.ts'
import { readCalibrationLog } from '../calibrate/read-calibration-log.ts'
import type { Calibration } from '../document/calibration-model.ts'
import type { Results } from '../document/model.ts'
import { readDocument } from '../store/read-document.ts'
import { sayMissing, splitEventLog } from '../store/read-event-log.ts'
import { parseResults, resultsOfLog } from '../store/results.ts'
import { readTuningLog } from '../tune/read-tuning-log.ts'
import type { Tuning } from '../tune/report/model.ts'

/** What a file comes to, and what is missing of it. */
export type ReadBack = { readonly missing: readonly string[] } & (
  | { readonly kind: 'results'; readonly results: Results }
  | { readonly kind: 'calibration'; readonly calibration: Calibration }
  | { readonly kind: 'tuning'; readonly tuning: Tuning }
)

/** Reads results, or the log of events that run, compare, check, calibrate or tune kept. Rejects with UsageError for anything else. */
export async function readBack(path: string): Promise<ReadBack> {
  const text = await readDocument(path, () => ': expected results or a log of events, as run --out writes them')
  const log = splitEventLog(text, path)
  if (log === undefined) return { kind: 'results', results: parseResults(text, path), missing: [] }
  switch (log.makes) {
    case 'sessionbench.results': {
      const { results, events } = resultsOfLog(log)
      return { kind: 'results', results, missing: sayMissing(log, events) }
    }
    case 'sessionbench.calibration':
      return { kind: 'calibration', ...readCalibrationLog(log) }
    case 'sessionbench.tuning':
      return { kind: 'tuning', ...readTuningLog(log) }
    default:
      throw new UsageError(`${path} is a log of events that this sessionbench makes nothing of`)
  }
}
