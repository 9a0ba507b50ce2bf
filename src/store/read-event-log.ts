import type * as z from 'zod'
import { UsageError } from '../bench-error.ts'
import { findDamagedBlock } from '../document/find-damage.ts'
import { findEventContradictions, type ToldEvent } from '../document/find-event-contradictions.ts'
import { eventsSchemaVersion } from '../document/run-event.ts'
import type { MeasuredBlock } from '../sample/block.ts'
import { agree, counted } from '../words/counted.ts'
import { checkHistogram } from './check-histogram.ts'
import { contradictory, damaged } from './damaged.ts'
import { parseDocument, showVersion } from './read-document.ts'

/** A log of events as its lines are, before it is known whose they are. */
export interface ReadEventLog {
  readonly path: string
  /** The `kind` of the document that its events come to. */
  readonly makes: unknown
  readonly lines: readonly unknown[]
  /** The number of its last line, where that ends in its middle: it is left out. */
  readonly cutLine: number | undefined
}

/** The lines of a log; undefined for the text of anything else. Throws UsageError for a line before the last that is none. */
export function splitEventLog(text: string, path: string): ReadEventLog | undefined {
  const texts = text.split('\n')
  const [first] = texts
  const { kind, schemaVersion, makes } = (parseLine(first ?? '') ?? {}) as Readonly<Record<string, unknown>>
  if (kind !== 'planned') return undefined
  if (schemaVersion !== eventsSchemaVersion) {
    throw new UsageError(
      `${path} has schemaVersion ${showVersion(schemaVersion)}, this sessionbench reads events of ${eventsSchemaVersion}: use the version that wrote it, or measure again`,
    )
  }
  // Each line that is whole ends with one.
  const last = texts.pop() ?? ''
  const lines = texts.map(parseLine)
  const broken = lines.indexOf(undefined)
  if (broken >= 0) throw damaged(path, 'events', [`line ${broken + 1}: expected JSON`])
  const rest = parseLine(last)
  if (last === '' || rest !== undefined)
    return { path, makes, lines: [...lines, rest ?? []].flat(), cutLine: undefined }
  return { path, makes, lines, cutLine: lines.length + 1 }
}

/** Undefined for what is no object. */
function parseLine(line: string): object | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

/**
 * The events of a log, each as it was written. Throws UsageError for what its schema does not know, histograms that are none, and
 * what cannot have been told in this order.
 */
export function readEvents<Event extends ToldEvent>(
  { path, lines }: ReadEventLog,
  schema: z.ZodType<Event>,
): readonly Event[] {
  for (const [index, document] of lines.entries()) {
    parseDocument(schema, { path: `${path}, line ${index + 1},`, name: 'events', document })
  }
  const events = lines as readonly Event[]
  const problems = events.flatMap((event, index) =>
    blocksIn(event).flatMap((block) =>
      findDamagedBlock(block, checkHistogram).map((problem) => `line ${index + 1}: ${problem}`),
    ),
  )
  if (problems.length > 0) throw damaged(path, 'events', problems)
  const contradictions = findEventContradictions(events)
  if (contradictions.length > 0) throw contradictory(path, contradictions)
  return events
}

function blocksIn(event: ToldEvent): MeasuredBlock[] {
  return 'block' in event && event.kind !== 'planned' ? [event.block as MeasuredBlock] : []
}

/** What a reader has to know of a log that is not whole, in sentences that name it. */
export function sayMissing({ path, cutLine }: ReadEventLog, events: readonly ToldEvent[]): string[] {
  const has = (kind: string) => events.filter((event) => event.kind === kind).length
  const broken = events.find((event) => event.kind === 'failure' && event.comparison === undefined)
  const cut = cutLine === undefined ? [] : [`${path} ends in the middle of line ${cutLine}, which is left out`]
  if (has('run-ended') > 0) return cut
  const why = broken === undefined ? 'it was killed, or is still under way' : `it broke off: ${broken.message}`
  const known = `${counted(has('block'), 'block')} ${agree(has('block'), 'is', 'are')} known`
  const tables =
    has('began') > 0 ? `; of ${counted(has('began'), 'comparison')} that began, ${has('ended')} came to an end` : ''
  return [...cut, `${path} is not the whole of what was to be measured (${why}): ${known}${tables}`]
}
