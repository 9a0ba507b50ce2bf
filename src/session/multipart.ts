import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import type { ParamValue } from './params.ts'
import { readableOf, releaseBody, takeOver } from './release-body.ts'
import type { WireBody } from './transport.ts'

/** A file, or anything with a name and a type of its own. */
export type MultipartFile = {
  /** Text, bytes or a stream; with a stream the body cannot be sent again. */
  readonly content: string | Uint8Array | Blob | Readable | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>
  /** The name that the server sees. @default none */
  readonly filename?: string | undefined
  /** @default the Blob's own, else application/octet-stream when there is a filename */
  readonly contentType?: string | undefined
}

/** One field's value. */
export type MultipartValue = ParamValue | Uint8Array | Blob | MultipartFile

/**
 * Fields of multipart/form-data; a list repeats the name. Without a stream among them the length is announced and the
 * body can be sent again.
 * @example { multipart: { title: 'Report', file: { content: createReadStream('report.pdf'), filename: 'report.pdf' } } }
 */
export type MultipartInput = FormData | { readonly [name: string]: MultipartValue | readonly MultipartValue[] }

type Part = { readonly head: string; readonly content: string | Uint8Array | Blob | AsyncIterable<Uint8Array> }

/** Encodes fields as multipart/form-data (RFC 7578, names escaped as WHATWG HTML has it). */
export function encodeMultipart(input: MultipartInput): { body: WireBody; contentType: string; replayable: boolean } {
  const boundary = `----sessionbench-${randomBytes(16).toString('hex')}`
  const parts = fieldsOf(input).map(([name, value]) => makePart(boundary, name, value))
  const end = `--${boundary}--\r\n`
  const contentType = `multipart/form-data; boundary=${boundary}`
  if (parts.some(({ content }) => isStream(content)))
    return { body: streamOf(parts, end), contentType, replayable: false }
  const pieces = parts.flatMap(({ head, content }) => [
    head,
    content as string | Uint8Array<ArrayBuffer> | Blob,
    '\r\n',
  ])
  // A Blob of Blobs copies nothing: a file behind one is read while it is sent.
  return { body: new Blob([...pieces, end]), contentType, replayable: true }
}

function fieldsOf(input: MultipartInput): (readonly [string, MultipartValue])[] {
  if (input instanceof FormData) return [...input]
  return Object.entries(input).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one): [string, MultipartValue] => [name, one]),
  )
}

function makePart(boundary: string, name: string, value: MultipartValue): Part {
  const { content, filename, contentType } = describeValue(value)
  const disposition = `form-data; name="${escapeName(name)}"${filename === undefined ? '' : `; filename="${escapeName(filename)}"`}`
  const type = contentType === undefined ? '' : `Content-Type: ${contentType.replace(/[\r\n]/g, '')}\r\n`
  return { head: `--${boundary}\r\nContent-Disposition: ${disposition}\r\n${type}\r\n`, content }
}

function describeValue(value: MultipartValue): {
  content: Part['content']
  filename?: string | undefined
  contentType?: string | undefined
} {
  if (value instanceof Blob) {
    const filename = 'name' in value && typeof value.name === 'string' ? value.name : 'blob'
    return { content: value, filename, contentType: value.type || 'application/octet-stream' }
  }
  if (value instanceof Uint8Array) return { content: value, filename: 'blob', contentType: 'application/octet-stream' }
  if (typeof value !== 'object') return { content: String(value) }
  const blobType = value.content instanceof Blob ? value.content.type : ''
  const fallback = blobType || (value.filename === undefined ? undefined : 'application/octet-stream')
  return { content: ownContent(value.content), filename: value.filename, contentType: value.contentType ?? fallback }
}

function ownContent(content: MultipartFile['content']): Part['content'] {
  if (content instanceof ReadableStream) return readableOf(content)
  return content instanceof Readable ? takeOver(content) : content
}

/** The parts' own streams are closed with it, also those that it has not come to. */
function streamOf(parts: readonly Part[], end: string): Readable {
  const stream = takeOver(Readable.from(streamParts(parts, end), { objectMode: false }))
  return stream.once('close', () => {
    for (const { content } of parts) releaseBody(content)
  })
}

async function* streamParts(parts: readonly Part[], end: string): AsyncGenerator<Uint8Array> {
  for (const { head, content } of parts) {
    yield Buffer.from(head)
    if (typeof content === 'string') yield Buffer.from(content)
    else if (content instanceof Uint8Array) yield content
    else yield* content instanceof Blob ? content.stream() : content
    yield Buffer.from('\r\n')
  }
  yield Buffer.from(end)
}

function isStream(content: Part['content']): boolean {
  return typeof content === 'object' && !(content instanceof Uint8Array) && !(content instanceof Blob)
}

function escapeName(name: string): string {
  return name.replace(/\r\n|\r|\n/g, '%0D%0A').replace(/"/g, '%22')
}
