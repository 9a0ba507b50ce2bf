import { UsageError } from '../bench-error.ts'
import { findBaselineContradictions } from '../document/find-contradictions.ts'
import { findDamagedArms } from '../document/find-damage.ts'
import type { Results } from '../document/model.ts'
import { isRecord } from '../session/fields-of.ts'
import { checkHistogram } from '../store/check-histogram.ts'
import { contradictory, damaged } from '../store/damaged.ts'
import { parseDocument, readDocument, showVersion } from '../store/read-document.ts'
import { readResults } from '../store/results.ts'
import { type Baseline, baselineSchema, baselineSchemaVersion } from './baseline-model.ts'

/** Reads a baseline file, or results as `readResults` does; rejects with UsageError for anything else. */
export async function readRecord(path: string): Promise<Results | Baseline> {
  const document = await peek(path)
  return document?.kind === 'sessionbench.baseline' ? parseBaseline(path, document) : readResults(path)
}

/** Reads a baseline file; rejects with UsageError for anything else. */
export async function readBaseline(path: string): Promise<Baseline> {
  const document = await peek(path)
  if (document?.kind === 'sessionbench.baseline') return parseBaseline(path, document)
  if (document?.kind === 'sessionbench.results') {
    throw new UsageError(
      `${path} holds results, expected a baseline: sessionbench baseline save --from ${path} makes one`,
    )
  }
  throw new UsageError(`${path} is no baseline: expected a file that sessionbench baseline save wrote`)
}

type Document = Readonly<Record<string, unknown>>

async function peek(path: string): Promise<Document | undefined> {
  const text = await readDocument(path, (code) =>
    code === 'ENOENT' ? ': sessionbench baseline save makes a baseline, run --out results' : '',
  )
  try {
    const document: unknown = JSON.parse(text)
    return isRecord(document) ? document : undefined
  } catch {
    return undefined
  }
}

function parseBaseline(path: string, document: Document): Baseline {
  if (document.schemaVersion !== baselineSchemaVersion) {
    const got = showVersion(document.schemaVersion)
    throw new UsageError(
      `${path} has schemaVersion ${got}, this sessionbench reads ${baselineSchemaVersion}: save it again`,
    )
  }
  const baseline = parseDocument(baselineSchema, { path, name: 'baseline', document })
  const problems = findDamagedArms(baseline, checkHistogram)
  if (problems.length > 0) throw damaged(path, 'baseline', problems)
  const contradictions = findBaselineContradictions(baseline)
  if (contradictions.length > 0) throw contradictory(path, contradictions)
  return baseline
}
