import { UsageError } from '../bench-error.ts'
import { type Baseline, baselineSchema, baselineSchemaVersion } from '../report/baseline-model.ts'
import { findBaselineContradictions } from '../report/find-contradictions.ts'
import { findDamagedArms } from '../report/find-damage.ts'
import type { Results } from '../report/model.ts'
import { checkHistogram } from './check-histogram.ts'
import { contradictory, damaged } from './damaged.ts'
import { parseDocument, readDocument, showVersion } from './read-document.ts'
import { readResults } from './results.ts'

/** Reads a baseline file, or a results file; rejects with UsageError for anything else. */
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

interface Document {
  readonly kind?: unknown
  readonly schemaVersion?: unknown
}

async function peek(path: string): Promise<Document | undefined> {
  const text = await readDocument(path, (code) =>
    code === 'ENOENT' ? ': sessionbench baseline save makes a baseline, run --out results' : '',
  )
  try {
    return JSON.parse(text) as Document
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
