import { type Calibration, calibrationSchema } from '../document/calibration-model.ts'
import { checkDocument } from '../store/read-document.ts'
import { type ReadEventLog, readEvents, sayMissing } from '../store/read-event-log.ts'
import { calibrationEventSchema } from './calibration-event.ts'
import { openCalibrationFold } from './fold-calibration.ts'

/** What the log of a calibration comes to, and what is missing of it. Throws UsageError. */
export function readCalibrationLog(log: ReadEventLog): {
  readonly calibration: Calibration
  readonly missing: readonly string[]
} {
  const events = readEvents(log, calibrationEventSchema)
  const gathered = openCalibrationFold()
  for (const event of events) gathered.add(event)
  const calibration = gathered.calibration()
  checkDocument(calibration, calibrationSchema, { path: log.path, name: 'calibration' })
  return { calibration, missing: sayMissing(log, events) }
}
