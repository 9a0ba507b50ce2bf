import { UsageError } from '../bench-error.ts'
import { messageOf } from '../session/thrown.ts'
import { checkDocument } from '../store/read-document.ts'
import { type ReadEventLog, readEvents, sayMissing } from '../store/read-event-log.ts'
import { foldTuning } from './fold-tuning.ts'
import { type Tuning, tuningSchema } from './report/model.ts'
import { type TuningEvent, tuningEventSchema } from './tuning-event.ts'

/** What the log of a tuning comes to, and what is missing of it. Throws UsageError. */
export function readTuningLog(log: ReadEventLog): { readonly tuning: Tuning; readonly missing: readonly string[] } {
  const events = readEvents(log, tuningEventSchema)
  const tuning = tryFold(events, log.path)
  checkDocument(tuning, tuningSchema, { path: log.path, name: 'tuning' })
  return { tuning, missing: sayMissing(log, events) }
}

/** Each event may be what its schema says, and what was searched and what was measured not fit together. */
function tryFold(events: readonly TuningEvent[], path: string): Tuning {
  try {
    return foldTuning(events)
  } catch (cause) {
    throw new UsageError(`${path} contradicts itself: no tuning says this (${messageOf(cause)})`, { cause })
  }
}
