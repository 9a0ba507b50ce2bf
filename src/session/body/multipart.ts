import { randomBytes } from 'node:crypto'
import { ReadStream } from 'node:fs'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { InvalidOption } from '../errors.ts'
import type { ParamValue } from '../head/params.ts'
import { readPairs } from '../head/read-pairs.ts'
import { HAS_TEXT, toText } from '../head/to-text.ts'
import { describeValue } from '../options/check-options.ts'
import { fileStreamBytes } from './file-stream-bytes.ts'
import { isSpent, isStream, type StreamBody, toBytes } from './raw-content.ts'
import { ownStream, releaseBody, takeOver } from './release-body.ts'

/** Bytes that are there, or that come. */
type MultipartContent = ArrayBuffer | ArrayBufferView | Blob | StreamBody

/** A file, or anything with a name and a type of its own. */
export type MultipartFile = {
  /** Text, bytes or a stream; with a stream the body cannot be sent again. */
  readonly content: string | MultipartContent
  /** The name that the server sees. @default the File's own, or that of the file that a stream of Node's reads; else none */
  readonly filename?: string | undefined
  /** @default the Blob's own, else application/octet-stream when there is a filename */
  readonly contentType?: string | undefined
}

/** One field's value. Bytes, Blobs and streams are sent as files. */
export type MultipartValue = ParamValue | MultipartContent | MultipartFile

/**
 * Fields of multipart/form-data: a record or pairs. A list repeats the name; null and undefined are left out; what has no
 * text of its own (another object, NaN) is refused. Unless there is a stream among them whose length nobody knows (that of
 * `createReadStream` is known), the length is announced; without any stream the body can be sent again.
 * @example { multipart: { title: 'Report', file: createReadStream('report.pdf') } }
 */
export type MultipartInput =
  | FormData
  | Iterable<readonly [string, MultipartValue]>
  | { readonly [name: string]: OneOrMany | null | undefined }

type OneOrMany = MultipartValue | readonly (MultipartValue | null | undefined)[]

/** A body of multipart/form-data. */
type EncodedMultipart = {
  /** A stream when there is one among the fields. */
  readonly body: Blob | Readable
  /** With the boundary. */
  readonly contentType: string
  /** True when it can be sent a second time. */
  readonly replayable: boolean
  /** Of a body that is a stream, where it is known. */
  readonly lengthBytes: number | undefined
}

type Content = string | Uint8Array<ArrayBuffer> | Blob | StreamBody

type Field = {
  readonly content: Content
  readonly filename?: string | undefined
  readonly contentType?: string | undefined
}

type Part = { readonly head: string; readonly content: Content; readonly lengthBytes: number | undefined }

/** Encodes fields as multipart/form-data (RFC 7578, names escaped as WHATWG HTML has it). @throws InvalidOption */
export function encodeMultipart(input: MultipartInput): EncodedMultipart {
  const boundary = `----sessionbench-${randomBytes(16).toString('hex')}`
  const parts = readFields(input).map(([name, field]) => makePart(boundary, name, field))
  const end = `--${boundary}--\r\n`
  const contentType = `multipart/form-data; boundary=${boundary}`
  if (parts.some(({ content }) => isStream(content))) {
    return { body: streamParts(parts, end), contentType, replayable: false, lengthBytes: sumOf(parts, end) }
  }
  const pieces = parts.flatMap(({ head, content }) => [head, content as Exclude<Content, StreamBody>, '\r\n'])
  // A Blob of Blobs copies nothing: a file behind one is read while it is sent.
  return { body: new Blob([...pieces, end]), contentType, replayable: true, lengthBytes: undefined }
}

function readFields(input: MultipartInput): readonly (readonly [string, Field])[] {
  return readPairs(input, 'multipart').flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value])
      .filter((one) => one != null)
      .map((one): [string, Field] => [name, readField(one, `multipart.${name}`)]),
  )
}

function readField(value: unknown, path: string): Field {
  const text = toText(value)
  if (text !== undefined) return { content: text }
  const content = readContent(value, path)
  if (content !== undefined)
    return { filename: 'blob', contentType: 'application/octet-stream', ...nameOf(content), content }
  if (typeof value !== 'object' || !('content' in (value as object))) {
    throw refused(path, `${HAS_TEXT}, bytes, a Blob, a stream or { content, filename, contentType }`, value)
  }
  return readFile(value as MultipartFile, path)
}

function readFile(file: MultipartFile, path: string): Field {
  const { filename, contentType } = file
  for (const [name, one] of Object.entries({ filename, contentType })) {
    if (one !== undefined && typeof one !== 'string') throw refused(`${path}.${name}`, 'text', one)
  }
  const content = typeof file.content === 'string' ? file.content : readContent(file.content, `${path}.content`)
  if (content === undefined) throw refused(`${path}.content`, 'text, bytes, a Blob or a stream', file.content)
  const own = nameOf(content)
  const named = filename ?? own.filename
  const fallback = own.contentType ?? (named === undefined ? undefined : 'application/octet-stream')
  return { content, filename: named, contentType: contentType ?? fallback }
}

function readContent(value: unknown, path: string): Exclude<Content, string> | undefined {
  const bytes = toBytes(value)
  if (bytes !== undefined) return bytes
  if (value instanceof Blob) return value
  if (!isStream(value)) return undefined
  if (isSpent(value)) throw refused(path, 'a stream that nobody has read or reads', value)
  return ownStream(value)
}

/** What bytes say of themselves. */
function nameOf(content: Content): { filename?: string; contentType?: string } {
  if (content instanceof Blob) {
    const type = content.type === '' ? {} : { contentType: content.type }
    return 'name' in content && typeof content.name === 'string' ? { ...type, filename: content.name } : type
  }
  return content instanceof ReadStream && content.path ? { filename: basename(String(content.path)) } : {}
}

function makePart(boundary: string, name: string, { content, filename, contentType }: Field): Part {
  const disposition = `form-data; name="${escapeName(name)}"${filename === undefined ? '' : `; filename="${escapeName(filename)}"`}`
  const type = contentType === undefined ? '' : `Content-Type: ${contentType.replace(/[\r\n]/g, '')}\r\n`
  const head = `--${boundary}\r\nContent-Disposition: ${disposition}\r\n${type}\r\n`
  return { head, content, lengthBytes: lengthOf(content) }
}

function lengthOf(content: Content): number | undefined {
  if (typeof content === 'string') return Buffer.byteLength(content)
  if (content instanceof Blob) return content.size
  return content instanceof Uint8Array ? content.length : fileStreamBytes(content)
}

function sumOf(parts: readonly Part[], end: string): number | undefined {
  let bytes = end.length
  for (const { head, lengthBytes } of parts) {
    if (lengthBytes === undefined) return undefined
    bytes += Buffer.byteLength(head) + lengthBytes + 2
  }
  return bytes
}

/** The parts' own streams are closed with it, also those that it has not come to. */
function streamParts(parts: readonly Part[], end: string): Readable {
  const body = takeOver(Readable.from(writeParts(parts, end), { objectMode: false }))
  return body.once('close', () => {
    for (const { content } of parts) releaseBody(content)
  })
}

async function* writeParts(parts: readonly Part[], end: string): AsyncGenerator<Uint8Array> {
  for (const { head, content, lengthBytes } of parts) {
    yield Buffer.from(head)
    if (typeof content === 'string') yield Buffer.from(content)
    else if (content instanceof Uint8Array) yield content
    else yield* content instanceof Blob ? content.stream() : readStream(content, lengthBytes)
    yield Buffer.from('\r\n')
  }
  yield Buffer.from(end)
}

/** The bytes of a stream: of a file that grows meanwhile, as many as were announced. */
async function* readStream(stream: StreamBody, lengthBytes = Number.POSITIVE_INFINITY): AsyncGenerator<Uint8Array> {
  let left = lengthBytes
  for await (const piece of stream as AsyncIterable<unknown>) {
    const bytes = typeof piece === 'string' ? Buffer.from(piece) : toBytes(piece)
    if (bytes === undefined) throw new TypeError(`a stream must give bytes or text, it gave ${describeValue(piece)}`)
    yield bytes.length > left ? bytes.subarray(0, left) : bytes
    left -= bytes.length
    if (left <= 0) return
  }
}

function escapeName(name: string): string {
  return name.replace(/\r\n|\r|\n/g, '%0D%0A').replace(/"/g, '%22')
}

function refused(path: string, expected: string, value: unknown): InvalidOption {
  return new InvalidOption([{ path, expected, received: describeValue(value) }])
}
