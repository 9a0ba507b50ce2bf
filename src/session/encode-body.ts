import { Readable } from 'node:stream'
import { InvalidOption } from './errors.ts'
import { encodeMultipart, type MultipartInput } from './multipart.ts'
import { encodeParams, type ParamsInput, readParams } from './params.ts'
import { readableOf, takeOver } from './release-body.ts'
import type { WireBody } from './transport.ts'

/** A body in any of its forms; at most one of them may be given. */
export type BodyOptions = {
  /** Sent as JSON, with `Content-Type: application/json`. @example { json: { name: 'Ada' } } */
  readonly json?: unknown | undefined
  /** Sent as application/x-www-form-urlencoded. @example { form: { user: 'ada', password } } */
  readonly form?: ParamsInput | undefined
  /** Sent as multipart/form-data. */
  readonly multipart?: MultipartInput | undefined
  /**
   * Sent as it is (FormData as multipart/form-data). A stream is sent in chunks and cannot be sent again (no retry, no 307);
   * it belongs to the call from now on, which closes it however it ends.
   */
  readonly body?:
    | string
    | Uint8Array
    | ArrayBuffer
    | Blob
    | FormData
    | URLSearchParams
    | ReadableStream<Uint8Array>
    | Readable
    | AsyncIterable<Uint8Array>
    | null
    | undefined
}

/** A body ready for the wire. */
export type EncodedBody = {
  readonly body: WireBody | null
  readonly contentType: string | undefined
  /** True when it can be sent a second time. */
  readonly replayable: boolean
}

/** No body at all. */
export const NO_BODY: EncodedBody = Object.freeze({ body: null, contentType: undefined, replayable: true })

/** Encodes the one body that was given. @throws InvalidOption when there are several, or JSON cannot hold it */
export function encodeBody(options: BodyOptions): EncodedBody {
  const { json, form, multipart, body } = options
  if (json === undefined && form === undefined && multipart === undefined && body == null) return NO_BODY
  const given = (['json', 'form', 'multipart', 'body'] as const).filter(
    (name) => options[name] !== undefined && options[name] !== null,
  )
  if (given.length > 1) {
    throw new InvalidOption([{ path: given.join(', '), expected: 'one form of body', received: `${given.length}` }])
  }
  if (json !== undefined) return { body: encodeJson(json), contentType: 'application/json', replayable: true }
  if (form !== undefined) {
    const text = encodeParams(readParams(form))
    return { body: text, contentType: 'application/x-www-form-urlencoded', replayable: true }
  }
  if (multipart !== undefined) return encodeMultipart(multipart)
  return encodeRaw(body as NonNullable<BodyOptions['body']>)
}

function encodeJson(value: unknown): string {
  let text: string | undefined
  try {
    text = JSON.stringify(value)
  } catch (cause) {
    throw new InvalidOption([
      { path: 'json', expected: 'a value that JSON can hold', received: (cause as Error).message },
    ])
  }
  if (text === undefined) {
    throw new InvalidOption([{ path: 'json', expected: 'a value that JSON can hold', received: typeof value }])
  }
  return text
}

function encodeRaw(body: NonNullable<BodyOptions['body']>): EncodedBody {
  if (typeof body === 'string') return { body, contentType: 'text/plain;charset=UTF-8', replayable: true }
  if (body instanceof Uint8Array) return { body, contentType: undefined, replayable: true }
  if (body instanceof ArrayBuffer) return { body: new Uint8Array(body), contentType: undefined, replayable: true }
  if (body instanceof URLSearchParams) {
    return { body: body.toString(), contentType: 'application/x-www-form-urlencoded', replayable: true }
  }
  if (body instanceof FormData) return encodeMultipart(body)
  if (body instanceof Blob) {
    return { body, contentType: body.type === '' ? undefined : body.type, replayable: true }
  }
  if (body instanceof Readable) return { body: takeOver(body), contentType: undefined, replayable: false }
  if (body instanceof ReadableStream && !body.locked)
    return { body: readableOf(body), contentType: undefined, replayable: false }
  if (!(body instanceof ReadableStream) && typeof body[Symbol.asyncIterator] === 'function')
    return { body, contentType: undefined, replayable: false }
  throw new InvalidOption([
    {
      path: 'body',
      expected: 'text, bytes, Blob, URLSearchParams or a stream that nobody else reads',
      received: body instanceof ReadableStream ? 'a locked stream' : typeof body,
    },
  ])
}
