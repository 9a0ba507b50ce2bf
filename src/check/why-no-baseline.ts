import type { Calibration } from '../document/calibration-model.ts'
import type { Results } from '../document/model.ts'
import { sameFingerprint } from '../sample/same-fingerprint.ts'

/** Why results cannot be what later runs are checked against; undefined when they can. */
export function whyNoBaseline({ partial, scenarios }: Results): string | undefined {
  if (partial) return 'the run was interrupted: part of a run is no baseline'
  const comparisons = scenarios.flatMap((scenario) => scenario.comparisons)
  if (comparisons.length === 0) return 'nothing was measured: that is no baseline'
  const invalid = comparisons.find(({ validity }) => validity === 'invalid')
  return invalid && `${invalid.id} is invalid, and no baseline: ${invalid.reasons.join('; ')}`
}

/** Why a calibration says nothing of results; undefined when it is of the machine that they are of. */
export function whyNotCalibratedBy(calibration: Calibration, { environment }: Results): string | undefined {
  const { isSame, differences } = sameFingerprint(calibration.environment, environment)
  if (isSame) return undefined
  return `expected one of the machine that the results are of, got another (${differences.join(', ')}): calibrate here`
}
