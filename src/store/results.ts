import { UsageError } from '../bench-error.ts'
import { findContradictions } from '../document/find-contradictions.ts'
import { findDamage } from '../document/find-damage.ts'
import { fold } from '../document/fold.ts'
import { renderJson } from '../document/json.ts'
import { type Results, resultsSchema, resultsSchemaVersion } from '../document/model.ts'
import { type RunEvent, runEventSchema } from '../document/run-event.ts'
import { fieldsOf } from '../session/fields-of.ts'
import { messageOf } from '../session/thrown.ts'
import { checkHistogram } from './check-histogram.ts'
import { contradictory, damaged } from './damaged.ts'
import { checkDocument, readDocument, showVersion } from './read-document.ts'
import { type ReadEventLog, readEvents, splitEventLog } from './read-event-log.ts'
import { writeWholeFile } from './write-file.ts'

const resultsKind = 'sessionbench.results'

/** Writes results whole, or not at all. Rejects with UnwritableFile. */
export async function writeResults(path: string, results: Results): Promise<void> {
  await writeWholeFile(path, renderJson(results))
}

/** Reads results that `run` wrote, or the log of its events. Rejects with UsageError, which says what it is instead. */
export async function readResults(path: string): Promise<Results> {
  const text = await readDocument(path, () => ': expected results or the log beside them, as run --out writes them')
  return parseResults(text, path)
}

/** Reads the text of such a file. Throws UsageError. */
export function parseResults(text: string, path: string): Results {
  const log = splitEventLog(text, path)
  if (log !== undefined) return resultsOfLog(log).results
  const document = parseJson(text, path)
  const { kind, schemaVersion } = fieldsOf(document)
  if (kind !== resultsKind) {
    throw new UsageError(`${path} is JSON but no results file of sessionbench: expected "kind": "sessionbench.results"`)
  }
  if (schemaVersion !== resultsSchemaVersion) {
    throw new UsageError(
      `${path} has schemaVersion ${showVersion(schemaVersion)}, this sessionbench reads ${resultsSchemaVersion}: use the version that wrote it, or measure again`,
    )
  }
  return checkResults(document, path)
}

/** What the events of a run come to; they say themselves whether that is all of it. Throws UsageError. */
export function resultsOfLog(log: ReadEventLog): { readonly results: Results; readonly events: readonly RunEvent[] } {
  if (log.makes !== resultsKind) {
    throw new UsageError(
      `${log.path} is a log of events that come to no results: expected one of run, check, compare or baseline save`,
    )
  }
  const events = readEvents(log, runEventSchema)
  return { results: checkResults(fold(events), log.path), events }
}

/** Throws UsageError for what is not what the schema says, or cannot be. */
function checkResults(document: unknown, path: string): Results {
  // The document itself, not the schema's copy of it: written again, it is the same to the byte.
  checkDocument(document, resultsSchema, { path, name: 'results' })
  const problems = findDamage(document, checkHistogram)
  if (problems.length > 0) throw damaged(path, 'results', problems)
  const contradictions = findContradictions(document)
  if (contradictions.length > 0) throw contradictory(path, contradictions)
  return document
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    if (text.trim() === '') throw new UsageError(`${path} is empty: expected a results file`, { cause })
    const isTruncated = text.trimStart().startsWith('{') && !text.trimEnd().endsWith('}')
    const what = isTruncated ? 'is cut short: its JSON does not end' : 'is not JSON'
    throw new UsageError(`${path} ${what} (${messageOf(cause)}); expected a results file`, { cause })
  }
}
