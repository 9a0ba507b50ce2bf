import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { CsvError, parse } from 'csv-parse/sync'
import { codeOf, messageOf } from '../session/thrown.ts'
import type { CsvFeed, Feed, JsonFeed } from './feed.ts'

/** A feed whose files have been read. */
export type LoadedFeed =
  | {
      readonly kind: 'rows'
      readonly rows: readonly unknown[]
      readonly order: 'sequential' | 'random'
      readonly onEnd: 'repeat' | 'stop'
    }
  | { readonly kind: 'generated'; readonly generate: (index: number, random: () => number) => unknown }

/** A feed that gives no rows; the message says where and why. */
export class FeedProblem extends Error {
  override readonly name = 'FeedProblem'
}

/** Reads a feed; paths are relative to the scenario. Throws FeedProblem. */
export function loadFeed(feed: Feed, scenarioUrl: string): LoadedFeed {
  if ('generate' in feed) return { kind: 'generated', generate: feed.generate }
  const isCsv = feed.csv !== undefined
  const rows = isCsv ? readCsv(feed, scenarioUrl) : readJson(feed, scenarioUrl)
  const file = isCsv ? feed.csv : feed.json
  if (rows.length === 0) throw new FeedProblem(`${file} has no rows; expected at least one`)
  return { kind: 'rows', rows, order: feed.order ?? 'sequential', onEnd: feed.onEnd ?? 'repeat' }
}

function readText(file: string, scenarioUrl: string): string {
  return decode(file, readBytes(file, scenarioUrl))
}

/** By its byte order mark, else UTF-8, and nothing else: rows of guessed letters would be asked for without a word. */
function decode(file: string, bytes: Uint8Array): string {
  const [first, second] = bytes
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8'
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    throw new FeedProblem(
      `${file}: expected UTF-8 (or UTF-16 with a byte order mark), got bytes that are not: save it as UTF-8`,
    )
  }
}

function readBytes(file: string, scenarioUrl: string): Uint8Array {
  const url = new URL(encodeURI(file).replaceAll('#', '%23').replaceAll('?', '%3F'), scenarioUrl)
  try {
    return readFileSync(url)
  } catch (error) {
    const code = codeOf(error)
    const why = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`
    throw new FeedProblem(`${file}: ${why}: expected it at ${fileURLToPath(url)}, relative to the scenario`)
  }
}

function readCsv({ csv, delimiter, parse: parseRow }: CsvFeed<unknown>, scenarioUrl: string): unknown[] {
  const text = readText(csv, scenarioUrl)
  const records = parseCsv(csv, text, delimiter ?? guessDelimiter(csv, text))
  return records.map(({ record, info }) => parseOne(parseRow, record, `${csv}, line ${info.lines}`))
}

interface CsvRecord {
  readonly record: Readonly<Record<string, string>>
  /** `lines`: where the record ends. */
  readonly info: { readonly lines: number }
}

/** What the names in the first line are separated by. Several candidates there are a question for the user. */
function guessDelimiter(file: string, text: string): string {
  const [header = ''] = text.replaceAll(/"[^"]*"/g, '').split(/\r?\n/)
  const found = [',', ';', '\t', '|'].filter((each) => header.includes(each))
  if (found.length < 2) return found[0] ?? ','
  throw new FeedProblem(
    `${file}, line 1: expected one kind of separator between the names, got ${found.map((each) => JSON.stringify(each)).join(' and ')}: say which by delimiter`,
  )
}

function parseCsv(file: string, text: string, delimiter: string): readonly CsvRecord[] {
  const columns = (header: string[]) => checkHeader(file, header)
  try {
    const records: unknown = parse(text, { bom: true, delimiter, columns, skip_empty_lines: true, info: true })
    return records as readonly CsvRecord[]
  } catch (error) {
    // Its messages name the line.
    if (error instanceof CsvError) throw new FeedProblem(`${file}: ${error.message}`)
    throw error
  }
}

function checkHeader(file: string, header: string[]): string[] {
  const wrong = header.find((name, index) => name === '' || header.indexOf(name) !== index)
  if (wrong === undefined) return header
  const got = wrong === '' ? 'an empty name' : `'${wrong}' twice`
  throw new FeedProblem(`${file}, line 1: expected a different name for every column, got ${got}`)
}

function readJson({ json, parse: parseRow }: JsonFeed<unknown>, scenarioUrl: string): unknown[] {
  const elements = parseJson(json, readText(json, scenarioUrl))
  return elements.map((element, index) => parseOne(parseRow, element, `${json}, element ${index}`))
}

function parseJson(file: string, text: string): unknown[] {
  let parsed: unknown
  try {
    parsed = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    throw new FeedProblem(`${file}: ${messageOf(error)}`)
  }
  if (Array.isArray(parsed)) return parsed
  throw new FeedProblem(`${file}: expected an array, got ${parsed === null ? 'null' : typeof parsed}`)
}

function parseOne<Raw>(parseRow: ((raw: Raw) => unknown) | undefined, raw: Raw, place: string): unknown {
  if (parseRow === undefined) return raw
  try {
    return parseRow(raw)
  } catch (error) {
    throw new FeedProblem(`${place}: ${error instanceof Error ? error.message : String(error)}`)
  }
}
