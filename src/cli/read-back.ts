import { UsageError } from '../bench-error.ts'
import { calibrationEventSchema } from '../calibrate/calibration-event.ts'
import { openCalibrationFold } from '../calibrate/fold-calibration.ts'
import { type Calibration, calibrationSchema } from '../document/calibration-model.ts'
import type { Results } from '../document/model.ts'
import { messageOf } from '../session/thrown.ts'
import { checkDocument, readDocument } from '../store/read-document.ts'
import { type ReadEventLog, readEvents, sayMissing, splitEventLog } from '../store/read-event-log.ts'
import { parseResults, resultsOfLog } from '../store/results.ts'
import { foldTuning } from '../tune/fold-tuning.ts'
import { type Tuning, tuningSchema } from '../tune/report/model.ts'
import { type TuningEvent, tuningEventSchema } from '../tune/tuning-event.ts'

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
      return foldCalibration(log)
    case 'sessionbench.tuning':
      return foldTuningLog(log)
    default:
      throw new UsageError(`${path} is a log of events that this sessionbench makes nothing of`)
  }
}

function foldCalibration(log: ReadEventLog): ReadBack {
  const events = readEvents(log, calibrationEventSchema)
  const gathered = openCalibrationFold()
  for (const event of events) gathered.add(event)
  const calibration = gathered.calibration()
  checkDocument(calibration, calibrationSchema, { path: log.path, name: 'calibration' })
  return { kind: 'calibration', calibration, missing: sayMissing(log, events) }
}

function foldTuningLog(log: ReadEventLog): ReadBack {
  const events = readEvents(log, tuningEventSchema)
  const tuning = tryFold(events, log.path)
  checkDocument(tuning, tuningSchema, { path: log.path, name: 'tuning' })
  return { kind: 'tuning', tuning, missing: sayMissing(log, events) }
}

/** Each event may be what its schema says, and what was searched and what was measured not fit together. */
function tryFold(events: readonly TuningEvent[], path: string): Tuning {
  try {
    return foldTuning(events)
  } catch (cause) {
    throw new UsageError(`${path} contradicts itself: no tuning says this (${messageOf(cause)})`, { cause })
  }
}
