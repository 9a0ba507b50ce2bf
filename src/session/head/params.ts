import { InvalidOption, type OptionProblem } from '../errors.ts'
import { describeValue } from '../options/check-options.ts'
import { readPairs } from './read-pairs.ts'
import { HAS_TEXT, toText } from './to-text.ts'

/** One value of a query parameter or form field. */
export type ParamValue = string | number | bigint | boolean

/**
 * Query parameters or form fields: a record (a list repeats the name; `null` deletes the session's default for this call;
 * `undefined` is left out, as both are in a list), pairs, URLSearchParams, or the text itself (`a=1&b=2`). What has no text
 * of its own (an object, a Date, NaN) is refused.
 * @example { params: { q: 'lamp', tag: ['new', 'red'], page: 2 } }
 */
export type ParamsInput =
  | string
  | URLSearchParams
  | Iterable<readonly [string, ParamValue]>
  | { readonly [name: string]: ParamValue | readonly (ParamValue | null | undefined)[] | null | undefined }

/** One parameter after merging: its name and every value, or null for "delete the default". */
export type ParamEntry = readonly [name: string, values: readonly string[] | null]

/**
 * Reads any accepted form into entries, repeated names together, in order of first appearance.
 * @throws InvalidOption that lists what has no text, with its path
 */
export function readParams(input: ParamsInput | undefined, path = 'params'): readonly ParamEntry[] {
  if (input === undefined) return []
  const problems: OptionProblem[] = []
  const entries = new Map<string, string[] | null>()
  for (const [name, value] of readPairs(typeof input === 'string' ? new URLSearchParams(input) : input, path)) {
    if (value === undefined) continue
    if (value === null) {
      entries.set(name, null)
      continue
    }
    const values = entries.get(name) ?? []
    entries.set(name, values)
    for (const one of Array.isArray(value) ? value : [value]) {
      const text = toText(one)
      if (text !== undefined) values.push(text)
      else if (one != null) problems.push({ path: `${path}.${name}`, expected: HAS_TEXT, received: describeValue(one) })
    }
  }
  if (problems.length > 0) throw new InvalidOption(problems)
  return [...entries]
}

/**
 * The query of a call: its parameters over the session's. Text goes as it is, but for what cannot stand in a URL; it takes
 * the place of the session's parameters of the same names.
 */
export function makeQuery(defaults: readonly ParamEntry[], call: ParamsInput | undefined): string {
  if (typeof call !== 'string') return encodeParams(mergeParams(defaults, readParams(call)))
  const named = readParams(call).map(([name]): ParamEntry => [name, null])
  const kept = encodeParams(mergeParams(defaults, named))
  const own = escapeQuery(call)
  return kept === '' || own === '' ? kept + own : `${kept}&${own}`
}

/** Merges a call's parameters over the session's: a name given on the call replaces the default, `null` deletes it. */
export function mergeParams(defaults: readonly ParamEntry[], call: readonly ParamEntry[]): readonly ParamEntry[] {
  if (call.length === 0) return defaults
  const merged = new Map([...defaults, ...call])
  return [...merged]
}

/** Serializes as application/x-www-form-urlencoded, without a leading `?`. */
export function encodeParams(entries: readonly ParamEntry[]): string {
  if (entries.length === 0) return ''
  const search = new URLSearchParams()
  for (const [name, values] of entries) for (const value of values ?? []) search.append(name, value)
  return search.toString()
}

function escapeQuery(text: string): string {
  const url = new URL('http://h/')
  // A URL's own parser would leave these out.
  url.search = text.replace(/[\t\n\r]/g, encodeURIComponent)
  return url.search.slice(1)
}
