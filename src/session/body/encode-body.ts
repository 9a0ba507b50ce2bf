import { InvalidOption } from '../errors.ts'
import { encodeParams, type ParamsInput, readParams } from '../head/params.ts'
import { describeValue } from '../options/check-options.ts'
import { messageOf } from '../thrown.ts'
import type { WireBody } from '../wire/transport.ts'
import { encodeMultipart, type MultipartInput } from './multipart.ts'
import { isSpent, isStream, type StreamBody, toBytes } from './raw-content.ts'
import { ownStream } from './release-body.ts'

/** A body in any of its forms; at most one of them may be given. */
export type BodyOptions = {
  /** Sent as JSON, with `Content-Type: application/json`. @example { json: { name: 'Ada' } } */
  readonly json?: unknown | undefined
  /**
   * Sent as application/x-www-form-urlencoded; text goes as it is; a field that is `null` or `undefined` is left out.
   * @example { form: { user: 'ada', password } }
   */
  readonly form?: ParamsInput | undefined
  /** Sent as multipart/form-data. @example { multipart: { title: 'Report', file: createReadStream('report.pdf') } } */
  readonly multipart?: MultipartInput | undefined
  /**
   * Sent as it is (FormData as multipart/form-data). A stream is sent in chunks and cannot be sent again (no retry, no 307);
   * it belongs to the call from now on, which closes it however it ends.
   */
  readonly body?:
    | string
    | ArrayBuffer
    | ArrayBufferView
    | Blob
    | FormData
    | URLSearchParams
    | StreamBody
    | null
    | undefined
}

/** A body ready for the wire. */
export type EncodedBody = {
  readonly body: WireBody | null
  readonly contentType: string | undefined
  /** How far the type is the body's own, against a default of the session's: what it is, some JSON, or a guess. */
  readonly claim: 'given' | 'json' | 'assumed'
  /** True when it can be sent a second time. */
  readonly replayable: boolean
  /** What a stream announces, where that is known; all others say it themselves. */
  readonly lengthBytes?: number | undefined
}

/** No body at all. */
export const NO_BODY: EncodedBody = Object.freeze({
  body: null,
  contentType: undefined,
  claim: 'assumed',
  replayable: true,
})

/** Encodes the one body that was given. @throws InvalidOption when there are several, or one that cannot be sent */
export function encodeBody(options: BodyOptions): EncodedBody {
  const { json, form, multipart, body } = options
  if (json === undefined && form === undefined && multipart === undefined && body == null) return NO_BODY
  // null is JSON, and no body in any other way.
  const given = (['json', 'form', 'multipart', 'body'] as const).filter(
    (name) => options[name] !== undefined && (options[name] !== null || name === 'json'),
  )
  if (given.length > 1) throw refused(given.join(', '), 'one form of body', `${given.length}`)
  if (json !== undefined)
    return { body: encodeJson(json), contentType: 'application/json', claim: 'json', replayable: true }
  if (form !== undefined) {
    const text = typeof form === 'string' ? form : encodeParams(readParams(form, 'form'))
    return { body: text, contentType: 'application/x-www-form-urlencoded', claim: 'given', replayable: true }
  }
  if (multipart !== undefined) return { ...encodeMultipart(multipart), claim: 'given' }
  return encodeRaw(body as NonNullable<BodyOptions['body']>)
}

/** What JSON.stringify makes `{}` of, or an account of its inner life. */
const NOT_JSON = [Promise, Map, Set, Blob, FormData, URLSearchParams, ArrayBuffer]

function encodeJson(value: unknown): string {
  if (isStream(value) || ArrayBuffer.isView(value) || NOT_JSON.some((kind) => value instanceof kind))
    throw refused('json', 'a value that JSON can hold', describeValue(value))
  let text: string | undefined
  try {
    text = JSON.stringify(value)
  } catch (cause) {
    throw refused('json', 'a value that JSON can hold', messageOf(cause))
  }
  if (text === undefined) throw refused('json', 'a value that JSON can hold', describeValue(value))
  return text
}

function encodeRaw(body: NonNullable<BodyOptions['body']>): EncodedBody {
  if (typeof body === 'string')
    return { body, contentType: 'text/plain;charset=UTF-8', claim: 'assumed', replayable: true }
  const bytes = toBytes(body)
  if (bytes !== undefined) return { body: bytes, contentType: undefined, claim: 'assumed', replayable: true }
  if (body instanceof URLSearchParams) {
    return { body: body.toString(), contentType: 'application/x-www-form-urlencoded', claim: 'given', replayable: true }
  }
  if (body instanceof FormData) return { ...encodeMultipart(body), claim: 'given' }
  if (body instanceof Blob) {
    return { body, contentType: body.type === '' ? undefined : body.type, claim: 'given', replayable: true }
  }
  if (!isStream(body)) {
    throw refused('body', 'text, bytes, Blob, FormData, URLSearchParams or a stream', describeValue(body))
  }
  if (isSpent(body)) throw refused('body', 'a stream that nobody has read or reads', describeValue(body))
  return { body: ownStream(body), contentType: undefined, claim: 'assumed', replayable: false }
}

function refused(path: string, expected: string, received: string): InvalidOption {
  return new InvalidOption([{ path, expected, received }])
}
