import { Readable } from 'node:stream'
import * as consumers from 'node:stream/consumers'
import type { IsFailure } from '../probe/status-book.ts'
import { urlOf } from '../sample/outcome.ts'
import { StatusFailure } from '../sample/status-failure.ts'
import { fieldsOf } from '../session/fields-of.ts'

/** What there is to be read of something that an iteration came to. */
export interface ResultBody {
  /** Reads it to its end; undefined when there is nothing to read, or it was read already. */
  readonly read?: () => Promise<unknown>
  /** Puts what was read where it can be read again; resolves to what the caller is to get. @default reading twice works */
  readonly keep?: (read: unknown) => unknown
  /** Set when the status is a failure. */
  readonly failure?: StatusFailure
}

/**
 * What clients resolve a request to: fetch, ky and Session have a `status` and a body that is read by a method; undici's
 * `request` has a `statusCode` and such a method on its `body`; node:http has a `statusCode` and is itself a stream; got has
 * one and a body that is there already; axios has a `status` and `data`, which may be a stream.
 */
interface ResponseLike {
  readonly status?: unknown
  readonly statusCode?: unknown
  readonly headers?: unknown
  readonly body?: unknown
  readonly bodyUsed?: unknown
  readonly data?: unknown
}

/** Undefined for anything that is neither a response nor a stream. */
export function findBody(value: object, isFailure: IsFailure): ResultBody | undefined {
  const status = statusOf(value)
  const body = readerOf(value)
  if (status === undefined)
    return isStream(value) && body !== undefined ? withResponse(value, body, isFailure) : undefined
  if (body === undefined && fieldsOf(value).headers === undefined) return undefined
  return isFailure(status) ? { ...body, failure: new StatusFailure(status, urlOf(value)) } : (body ?? {})
}

function statusOf(value: object): number | undefined {
  const { status, statusCode } = fieldsOf(value)
  const found = status ?? statusCode
  return typeof found === 'number' ? found : undefined
}

function readerOf(value: object): ResultBody | undefined {
  const { body, data } = fieldsOf(value)
  if (has(value, 'arrayBuffer')) return readFetched(value as Response)
  // A session's response keeps its bytes and can be read again.
  if (has(value, 'bytes')) return isUsed(value) ? {} : { read: () => (value as { bytes(): Promise<unknown> }).bytes() }
  if (has(body, 'arrayBuffer')) return readUndici(value as { body: Response & Readable })
  if (isStream(value)) return readStream(value, (stream) => Object.assign(stream, headOf(value)))
  if (isStream(data)) return readStream(data, (stream) => Object.assign(value, { data: stream }))
  return undefined
}

function has(value: unknown, method: string): boolean {
  return typeof fieldsOf(value)[method] === 'function'
}

function isUsed({ bodyUsed, body }: ResponseLike): boolean {
  return bodyUsed === true || fieldsOf(body).locked === true
}

// ---- fetch, ky, node-fetch

const readers = ['arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text'] as const
type Readers = Response & { bytes(): Promise<Uint8Array> }

function readFetched(response: Response): ResultBody {
  if (isUsed(response)) return {}
  return { read: () => response.arrayBuffer(), keep: (bytes) => readFrom(response, bytes as ArrayBuffer) }
}

/** Lets the methods of a response that has been read read these bytes. Its URL, its status and its class stay what they are. */
function readFrom(response: Response, bytes: ArrayBuffer): Response {
  if (response.body === null) return response
  let made: Response | undefined
  // Made only for those who read: most never do.
  const copy = () => {
    made ??= new Response(bytes, { headers: [...response.headers] })
    return made
  }
  const { status, statusText, url, redirected, ok, type } = response
  const constants = Object.entries({ status, statusText, url, redirected, ok, type })
  return Object.defineProperties(response, {
    ...Object.fromEntries(readers.map((name) => [name, { value: () => (copy() as Readers)[name]() }])),
    body: { get: () => copy().body },
    bodyUsed: { get: () => copy().bodyUsed },
    clone: {
      value: () =>
        Object.defineProperties(
          copy().clone(),
          Object.fromEntries(constants.map(([name, value]) => [name, { value }])) as PropertyDescriptorMap,
        ),
    },
  })
}

// ---- undici's request

function readUndici(response: { body: Response & Readable }): ResultBody {
  const { body } = response
  if (isUsed(body) || body.destroyed) return {}
  return {
    read: () => body.arrayBuffer(),
    keep: (bytes) => Object.assign(response, { body: makeBody(Buffer.from(bytes as ArrayBuffer)) }),
  }
}

function makeBody(bytes: Buffer): Readable {
  const stream = Readable.from(bytes.length === 0 ? [] : [bytes], { objectMode: false })
  return Object.assign(stream, {
    arrayBuffer: () => consumers.arrayBuffer(stream),
    blob: () => consumers.blob(stream),
    bytes: async () => new Uint8Array(await consumers.arrayBuffer(stream)),
    json: () => consumers.json(stream),
    text: () => consumers.text(stream),
    dump: async () => void stream.resume(),
  })
}

// ---- node:http, and streams of any client

function isStream(value: unknown): value is Readable {
  return has(value, 'pipe') && has(value, 'read') && Symbol.asyncIterator in (value as object)
}

function readStream(stream: Readable, keep: (again: Readable) => unknown): ResultBody {
  if (stream.readableEnded || stream.destroyed) return {}
  return {
    read: () => readAll(stream),
    keep: (chunks) => keep(Readable.from(chunks as unknown[], { objectMode: true })),
  }
}

/** got's stream has its status in a `response`, and only once that has come. */
function withResponse(stream: Readable & { response?: unknown }, body: ResultBody, isFailure: IsFailure): ResultBody {
  const failureNow = () => {
    const { response } = stream
    if (typeof response !== 'object' || response === null) return undefined
    const status = statusOf(response)
    return status !== undefined && isFailure(status) ? new StatusFailure(status, urlOf(response)) : undefined
  }
  const { read } = body
  const failure = failureNow()
  if (read === undefined || failure !== undefined) return { ...body, ...(failure && { failure }) }
  const readAndAsk = async () => {
    const chunks = await read()
    const late = failureNow()
    if (late !== undefined) throw late
    return chunks
  }
  return { ...body, read: readAndAsk }
}

async function readAll(stream: Readable): Promise<unknown[]> {
  const chunks: unknown[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return chunks
}

/** What node:http's message has beside its body. */
function headOf(message: object): object {
  const names = ['statusCode', 'statusMessage', 'headers', 'rawHeaders', 'httpVersion', 'url'] as const
  const known = message as Record<string, unknown>
  return Object.fromEntries(names.filter((name) => name in known).map((name) => [name, known[name]]))
}
