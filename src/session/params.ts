/** One value of a query parameter or form field. */
export type ParamValue = string | number | bigint | boolean

/**
 * Query parameters or form fields: a record (a list repeats the name; `undefined` is left out; `null` deletes the
 * session's default for this call), pairs, or URLSearchParams.
 */
export type ParamsInput =
  | URLSearchParams
  | Iterable<readonly [string, ParamValue]>
  | { readonly [name: string]: ParamValue | readonly ParamValue[] | null | undefined }

/** One parameter after merging: its name and every value, or null for "delete the default". */
export type ParamEntry = readonly [name: string, values: readonly string[] | null]

/** Reads any accepted form into entries, repeated names together, in order of first appearance. */
export function readParams(input: ParamsInput | undefined): readonly ParamEntry[] {
  if (input === undefined) return []
  const entries = new Map<string, string[] | null>()
  for (const [name, value] of pairsOf(input)) {
    if (value === undefined) continue
    if (value === null) entries.set(name, null)
    else entries.set(name, [...(entries.get(name) ?? []), ...toStrings(value)])
  }
  return [...entries]
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

function pairsOf(input: ParamsInput): Iterable<readonly [string, unknown]> {
  if (typeof (input as Iterable<never>)[Symbol.iterator] === 'function') return input as Iterable<[string, ParamValue]>
  return Object.entries(input)
}

function toStrings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [String(value)]
}
