import { validateHeaderName, validateHeaderValue } from 'node:http'
import { InvalidHeader } from '../errors.ts'
import { maskHeader } from '../mask.ts'
import { describeValue } from '../options/check-options.ts'
import { joinValues } from './header-text.ts'
import { readPairs } from './read-pairs.ts'
import { HAS_TEXT, toText } from './to-text.ts'

/** One header's value, of what has a text of its own; a list sends the header once per item. */
export type HeaderValue = HeaderText | readonly HeaderText[]

type HeaderText = string | number | bigint | boolean

/**
 * Headers in any accepted form. Names are case-insensitive. `undefined` is left out; `null` deletes the session's
 * default for this call only. `Expect` cannot be sent: bodies are sent at once.
 */
export type HeadersInput =
  | HttpHeaders
  | Headers
  | Iterable<readonly [string, HeaderValue]>
  | { readonly [name: string]: HeaderValue | null | undefined }

type Entry = { readonly name: string; readonly values: readonly string[] }

let setMasked: (headers: HttpHeaders, names: ReadonlySet<string> | undefined) => void

/**
 * Case-insensitive headers that keep the case they were given in.
 * @example session.headers.set('X-Team', 'search'); session.headers.get('x-team') // 'search'
 */
export class HttpHeaders {
  readonly #entries = new Map<string, Entry>()
  #masked: ReadonlySet<string> | undefined
  #flat: readonly string[] | undefined

  /** @throws InvalidHeader on a bad name or value */
  constructor(init?: HeadersInput) {
    if (init !== undefined) for (const [name, value] of headerPairs(init)) if (value != null) this.append(name, value)
  }

  /** Headers as they came from the wire: not checked, lower-case names. */
  static fromWire(record: Readonly<Record<string, string | string[] | undefined>>): HttpHeaders {
    const headers = new HttpHeaders()
    for (const [name, value] of Object.entries(record)) {
      if (value !== undefined) headers.#entries.set(name, { name, values: typeof value === 'string' ? [value] : value })
    }
    return headers
  }

  /** The value, several joined by `, ` (of Location, Content-Type and others that have one, the first); null when absent. */
  get(name: string): string | null {
    const key = name.toLowerCase()
    const entry = this.#entries.get(key)
    return entry === undefined ? null : joinValues(key, entry.values)
  }

  /** Every value of the header, unjoined. */
  getAll(name: string): readonly string[] {
    return this.#entries.get(name.toLowerCase())?.values ?? []
  }

  /** Every Set-Cookie line. */
  getSetCookie(): readonly string[] {
    return this.getAll('set-cookie')
  }

  /** True when the header is there. */
  has(name: string): boolean {
    return this.#entries.has(name.toLowerCase())
  }

  /** Replaces the header. @throws InvalidHeader on a bad name or a value with CR, LF or NUL */
  set(name: string, value: HeaderValue): this {
    this.#entries.set(name.toLowerCase(), { name, values: checkHeader(name, value) })
    this.#flat = undefined
    return this
  }

  /** Adds a value to the header. @throws InvalidHeader as `set` does */
  append(name: string, value: HeaderValue): this {
    const present = this.#entries.get(name.toLowerCase())
    if (present === undefined) return this.set(name, value)
    this.#entries.set(name.toLowerCase(), {
      name: present.name,
      values: [...present.values, ...checkHeader(name, value)],
    })
    this.#flat = undefined
    return this
  }

  /** Removes the header; true when it was there. */
  delete(name: string): boolean {
    this.#flat = undefined
    return this.#entries.delete(name.toLowerCase())
  }

  /** Sets every header of `init`; a null value deletes. */
  update(init: HeadersInput): this {
    for (const [name, value] of headerPairs(init)) {
      if (value === null) this.delete(name)
      else if (value !== undefined) this.set(name, value)
    }
    return this
  }

  /** Lower-case names and values as `get` gives them, in order. */
  *[Symbol.iterator](): IterableIterator<[string, string]> {
    for (const [key, { values }] of this.#entries) yield [key, joinValues(key, values)]
  }

  /** As iterating does. */
  entries(): IterableIterator<[string, string]> {
    return this[Symbol.iterator]()
  }

  /** Lower-case names, in order. */
  keys(): IterableIterator<string> {
    return this.#entries.keys()
  }

  /** The number of different names. */
  get size(): number {
    return this.#entries.size
  }

  /** A plain object of lower-case names. Credentials are in it: it is for sending, not for printing. */
  toObject(): Record<string, string> {
    return Object.fromEntries(this)
  }

  /** Name, value, name, value … as the wire has them; made once and kept until a header changes. */
  flat(): readonly string[] {
    if (this.#flat === undefined) {
      const flat: string[] = []
      for (const { name, values } of this.#entries.values()) for (const value of values) flat.push(name, value)
      this.#flat = flat
    }
    return this.#flat
  }

  /** A copy that changes on its own. */
  clone(): HttpHeaders {
    const copy = new HttpHeaders()
    for (const [key, entry] of this.#entries) copy.#entries.set(key, entry)
    copy.#masked = this.#masked
    return copy
  }

  /** As JSON and in the console, credentials are masked. */
  toJSON(): Record<string, string> {
    return Object.fromEntries([...this].map(([name, value]) => [name, maskHeader(name, value, this.#masked)]))
  }

  /** In the console: what `toJSON` gives. */
  [Symbol.for('nodejs.util.inspect.custom')](): unknown {
    return this.toJSON()
  }

  static {
    setMasked = (headers, names) => {
      headers.#masked = names
    }
  }
}

/** The same headers, which show no value of these (in lower case) either, where they are printed; copies of them as well. */
export function masking(headers: HttpHeaders, names: ReadonlySet<string> | undefined): HttpHeaders {
  setMasked(headers, names)
  return headers
}

/** Merges a call's headers over the session's, into a new object: the call wins, `null` deletes. */
export function mergeHeaders(defaults: HttpHeaders, call: HeadersInput): HttpHeaders {
  const merged = defaults.clone()
  const given = new Set<string>()
  for (const [name, value] of headerPairs(call)) {
    if (value === undefined) continue
    const key = name.toLowerCase()
    if (!given.has(key)) merged.delete(name)
    given.add(key)
    if (value !== null) merged.append(name, value)
  }
  return merged
}

/** Yields name and value of any accepted form, unchecked. */
function* headerPairs(init: HeadersInput): Generator<readonly [string, HeaderValue | null | undefined]> {
  if (init instanceof HttpHeaders) yield* flatPairs(init.flat())
  else yield* readPairs(init, 'headers') as Iterable<readonly [string, HeaderValue | null | undefined]>
}

/** Pairs of a flat list. */
export function* flatPairs(flat: readonly string[]): Generator<readonly [string, string]> {
  for (let index = 0; index < flat.length; index += 2) yield [flat[index] as string, flat[index + 1] as string]
}

/** The values of one header as text. @throws InvalidHeader when name or value cannot be sent, and on Expect */
export function checkHeader(name: string, value: HeaderValue): readonly string[] {
  if (name.length === 6 && name.toLowerCase() === 'expect') {
    throw new InvalidHeader(
      'Header "Expect" cannot be sent: the HTTP client beneath (undici) does not wait for 100 Continue, bodies are sent at once: leave it out',
      { code: 'INVALID_HEADER' },
    )
  }
  const values = (Array.isArray(value) ? value : [value]).map((one) => textOf(name, one))
  try {
    validateHeaderName(name)
    for (const one of values) validateHeaderValue(name, one)
  } catch {
    // Neither Node's message nor a cause: both would show the value, which may be a credential.
    throw new InvalidHeader(
      `Header ${shownName(name)} cannot be sent: a name is letters, digits and !#$%&'*+-.^_\`|~, a value is Latin-1 text without CR, LF or NUL`,
      { code: 'INVALID_HEADER' },
    )
  }
  return values
}

function textOf(name: string, value: unknown): string {
  const text = toText(value)
  if (text !== undefined) return text
  const message = `Header ${shownName(name)} cannot be sent: its value must be ${HAS_TEXT}, got ${describeValue(value)}`
  throw new InvalidHeader(message, { code: 'INVALID_HEADER' })
}

/** A name may be a whole line by mistake: it is shown as far as it is one. */
function shownName(name: string): string {
  return JSON.stringify(
    String(name)
      .slice(0, 60)
      .replace(/[^!#$%&'*+\-.^_`|~0-9A-Za-z].*$/s, '…'),
  )
}
