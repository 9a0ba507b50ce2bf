import { at } from '../at.ts'

/**
 * Headers that have one value (RFC 9110 and the documents that it lists): of several the first counts, as in Node. The others
 * come from a server that answers twice, or from somebody who put them behind its own.
 */
const SINGLE: ReadonlySet<string> = new Set([
  'age',
  'authorization',
  'content-disposition',
  'content-length',
  'content-location',
  'content-range',
  'content-type',
  'date',
  'etag',
  'expires',
  'from',
  'host',
  'if-modified-since',
  'if-range',
  'if-unmodified-since',
  'last-modified',
  'location',
  'max-forwards',
  'proxy-authorization',
  'referer',
  'refresh',
  'retry-after',
  'server',
  'strict-transport-security',
  'user-agent',
])

/** The values of a header as one: the first of those that can only have one, else all of them. `name` is in lower case. */
export function joinValues(name: string, values: readonly string[]): string {
  return values.length > 1 && SINGLE.has(name) ? at(values, 0) : values.join(', ')
}

/** The text of a header, whose bytes have been read as Latin-1: they are UTF-8 where they can be. */
export function readHeaderText(header: string): string {
  const bytes = bytesOf(header)
  if (bytes === undefined) return header
  const text = bytes.toString('utf8')
  // What is no UTF-8 does not come out as it went in.
  return Buffer.from(text).equals(bytes) ? text : header
}

/** A URL in a header, for a URL parser to read: bytes that are no UTF-8 are escaped one by one, and so go back as they came. */
export function readHeaderUrl(header: string): string {
  const text = readHeaderText(header)
  if (text !== header || bytesOf(header) === undefined) return text
  return header.replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** The bytes of a header beyond ASCII; undefined for one that needs no reading, or holds more than bytes. */
function bytesOf(header: string): Buffer | undefined {
  return /[\x80-\xff]/.test(header) && !/[^\0-\xff]/.test(header) ? Buffer.from(header, 'latin1') : undefined
}
