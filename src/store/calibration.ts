import { UsageError } from '../bench-error.ts'
import {
  type Calibration,
  calibrationSchema,
  calibrationSchemaVersion,
  renderCalibrationJson,
} from '../document/calibration-model.ts'
import { findCalibrationContradictions } from '../document/find-contradictions.ts'
import { contradictory } from './damaged.ts'
import { parseDocument, readDocument, showVersion } from './read-document.ts'
import { writeWholeFile } from './write-file.ts'

/** Where a calibration is kept unless told otherwise. */
export const defaultCalibration = 'sessionbench-calibration.json'

/** Writes a calibration whole, or not at all. Rejects with UnwritableFile. */
export async function writeCalibration(path: string, calibration: Calibration): Promise<void> {
  await writeWholeFile(path, renderCalibrationJson(calibration))
}

/** Reads what `calibrate` wrote. Rejects with UsageError for anything else. */
export async function readCalibration(path: string): Promise<Calibration> {
  const text = await readDocument(path, () => `: sessionbench calibrate --out ${path} makes one`)
  const document = parse(text)
  if (document?.kind !== 'sessionbench.calibration') {
    throw new UsageError(`${path} is no calibration: expected a file that sessionbench calibrate wrote`)
  }
  if (document.schemaVersion !== calibrationSchemaVersion) {
    const got = showVersion(document.schemaVersion)
    throw new UsageError(
      `${path} has schemaVersion ${got}, this sessionbench reads ${calibrationSchemaVersion}: calibrate again`,
    )
  }
  const calibration = parseDocument(calibrationSchema, { path, name: 'calibration', document })
  const contradictions = findCalibrationContradictions(calibration)
  if (contradictions.length > 0) throw contradictory(path, contradictions)
  return calibration
}

function parse(text: string): { readonly kind?: unknown; readonly schemaVersion?: unknown } | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
