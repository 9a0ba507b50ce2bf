import { validateHeaderValue } from 'node:http'
import { BenchError } from '../../bench-error.ts'
import type { LoadedFeed } from '../../scenario/load-feed.ts'
import type { ResolvedRawRequest } from '../../scenario/raw-load.ts'
import { fieldsOf } from '../../session/fields-of.ts'
import { grouped } from '../../words/counted.ts'

/** A request as it goes out: the same bytes each time. */
export interface PreparedRequest {
  readonly bytes: Buffer
  /** Its answer has no body, whatever it announces. */
  readonly isHead: boolean
}

/** The request of an index: the same for the same index, whoever asks. */
export type RequestOfIndex = (index: number) => PreparedRequest

interface PrepareOptions {
  /** Of the target: `http://127.0.0.1:8080`. */
  readonly origin: string
  /** Each request has a connection of its own, and says so. */
  readonly isLast: boolean
}

interface CycleOptions extends PrepareOptions {
  /** Sent with each request, as they are. */
  readonly headers: Readonly<Record<string, string>>
  /** Whose rows fill the templates; without one there are none. */
  readonly feed: LoadedFeed | undefined
  /** Which of its rows an index gets. */
  readonly rowOf: (index: number) => unknown
  /** Processes that share the load: each has every so-many-th index. */
  readonly processes: number
}

type Described = Pick<ResolvedRawRequest, 'path' | 'method' | 'headers' | 'body'>

/** What is laid down for rows, bytes: it stays in memory. */
const mostBytes = 256 * 1_024 * 1_024

/**
 * Lays down all requests of a cycle, for every row of its feed. Each process goes through the whole cycle, with one row for all
 * of its requests. Throws BenchError where a row has not what a template asks for.
 */
export function prepareCycle(requests: readonly ResolvedRawRequest[], options: CycleOptions): RequestOfIndex {
  const { feed, rowOf, processes, headers } = options
  const order = spreadByWeight(requests.map(({ weight }) => weight))
  const prepare = (described: Described) =>
    prepareRequest({ ...described, headers: { ...headers, ...described.headers } }, options)
  const rows = feed?.kind === 'rows' ? feed.rows : []
  const prepared = requests.map((request) =>
    rows.length > 0 && hasTemplate(request)
      ? prepareForRows(rows, (row, place) => prepare(fillTemplates(request, fieldsOf(row), place)))
      : prepare(request),
  )
  return (index) => {
    const own = Math.floor(index / processes)
    const request = prepared[order[own % order.length] as number] as (typeof prepared)[number]
    if (!(request instanceof Map)) return request
    const rowIndex = Math.floor(own / order.length) * processes + (index % processes)
    return request.get(rowOf(rowIndex)) as PreparedRequest
  }
}

function prepareForRows(rows: readonly unknown[], prepare: (row: unknown, place: number) => PreparedRequest) {
  let bytes = 0
  const all = new Map<unknown, PreparedRequest>()
  for (const [place, row] of rows.entries()) {
    const prepared = prepare(row, place)
    bytes += prepared.bytes.length
    if (bytes > mostBytes) {
      const message = `expected requests of at most ${grouped(mostBytes)} bytes for all rows of the feed, got more by row ${grouped(place + 1)} of ${grouped(rows.length)}`
      throw new BenchError('INVALID_SCENARIO', message)
    }
    all.set(row, prepared)
  }
  return all
}

/** Places of a cycle: each request as often as its weight says, as evenly as that goes. */
function spreadByWeight(weights: readonly number[]): number[] {
  return weights
    .flatMap((weight, request) => Array.from({ length: weight }, (_, time) => ({ request, at: (time + 0.5) / weight })))
    .toSorted((a, b) => a.at - b.at || a.request - b.request)
    .map(({ request }) => request)
}

const template = /\{\{\s*([^{}\s]+)\s*\}\}/g

function hasTemplate({ path, headers, body }: Described): boolean {
  return [path, ...Object.values(headers), body].some((text) => typeof text === 'string' && text.search(template) >= 0)
}

function fillTemplates(request: ResolvedRawRequest, row: Readonly<Record<string, unknown>>, place: number): Described {
  const textOf = (name: string): string => {
    const value = row[name]
    if (['string', 'number', 'boolean', 'bigint'].includes(typeof value)) return String(value)
    const known = Object.keys(row).join(', ')
    const message = `{{${name}}} is no text or number in row ${place + 1} of the feed, which has ${known === '' ? 'no fields' : known}`
    throw new BenchError('INVALID_SCENARIO', message)
  }
  const fill = (text: string, encode = (value: string) => value) =>
    text.replaceAll(template, (_, name: string) => encode(textOf(name)))
  const { path, method, headers, body } = request
  return {
    path: fill(path, encodeURIComponent) as `/${string}`,
    method,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, checkValue(name, fill(value), place)]),
    ),
    ...(body !== undefined && { body: typeof body === 'string' ? fill(body) : body }),
  }
}

function checkValue(name: string, value: string, place: number): string {
  try {
    validateHeaderValue(name, value)
    return value
  } catch {
    throw new BenchError('INVALID_SCENARIO', `row ${place + 1} of the feed makes a header's value that cannot be sent`)
  }
}

/** Writes a request down once for all times that it is sent (HTTP/1.1, RFC 9112). */
export function prepareRequest(
  { path, method, headers, body }: Described,
  { origin, isLast }: PrepareOptions,
): PreparedRequest {
  const bytes = body === undefined ? undefined : Buffer.from(body)
  const own = new Set(Object.keys(headers).map((name) => name.toLowerCase()))
  const needed: readonly (readonly [string, string])[] = [
    ['Host', new URL(origin).host],
    ...(isLast ? ([['Connection', 'close']] as const) : []),
    ...(bytes === undefined && !wantsLength.has(method)
      ? []
      : ([['Content-Length', String(bytes?.length ?? 0)]] as const)),
  ]
  const fields = [...needed.filter(([name]) => !own.has(name.toLowerCase())), ...Object.entries(headers)]
  const head = [`${method} ${path} HTTP/1.1`, ...fields.map(([name, value]) => `${name}: ${value}`), '', ''].join(
    '\r\n',
  )
  return {
    bytes: Buffer.concat([Buffer.from(head, 'latin1'), bytes ?? Buffer.alloc(0)]),
    isHead: method === 'HEAD',
  }
}

/** Methods whose requests are expected to have a body, and say when it is empty (RFC 9110, section 8.6). */
const wantsLength: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH'])
