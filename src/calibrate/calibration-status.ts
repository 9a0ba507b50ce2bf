import { makeRunStatus, type Status } from '../report/run-status.ts'
import { type CalibrationEvent, type MachinePartName, machineParts } from './calibration-event.ts'

const partWords: Readonly<Record<MachinePartName, string>> = {
  clock: 'clock and timers',
  selfError: 'known latencies',
  recorder: 'what the recorder adds',
  openLoop: 'highest rate',
}

/** Makes what is shown during a calibration: the part of the machine, then what is shown of every comparison. */
export function makeCalibrationStatus(): Status<CalibrationEvent> {
  const comparisons = makeRunStatus()
  let part: MachinePartName | undefined
  return {
    isHeading: (event) => event.kind === 'certifying' || event.kind === 'began',
    update(event, elapsedMs) {
      if (event.kind === 'certifying') part = event.part
      if (event.kind === 'began') part = undefined
      if (event.kind !== 'certifying' && event.kind !== 'certified') comparisons.update(event, elapsedMs)
    },
    lines(elapsedMs) {
      if (part === undefined) return comparisons.lines(elapsedMs)
      const place = `${machineParts.indexOf(part) + 1}/${machineParts.length}`
      return [`this machine [${place}] ${partWords[part]}: starting`]
    },
  }
}
