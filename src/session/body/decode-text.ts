import { isUtf8 } from 'node:buffer'
import { TextDecoder } from 'node:util'

/** Pieces of text that come as bytes. */
type TextPieces = {
  /** The text of the next bytes, as far as they go. */
  decode(bytes: Buffer): string
  /** What was held back for bytes that did not come. */
  end(): string
}

// Each part ends where the next begins and may be empty, so that nothing is looked at twice.
const PARAMETER = /;[ \t]*([^;="\s]*)[ \t]*(?:=[ \t]*(?:"((?:[^"\\]|\\.)*)"?|([^;]*)))?[^;]*/y

/** The charset parameter of a Content-Type, the first when there are several; not what looks like one within another's value. */
export function readCharset(contentType: string): string | undefined {
  PARAMETER.lastIndex = Math.max(contentType.indexOf(';'), 0)
  for (let found = PARAMETER.exec(contentType); found !== null; found = PARAMETER.exec(contentType)) {
    const [, name, quoted, token] = found
    if (name?.toLowerCase() !== 'charset') continue
    // Single quotes mean nothing in a header, and servers send them.
    const value = quoted?.replace(/\\(.)/g, '$1') ?? token?.trim().replace(/^'(.*)'$/, '$1') ?? ''
    return value === '' ? undefined : value
  }
  return undefined
}

/** Bytes as text: by their byte order mark, else by the charset, else (also when it is not known) as UTF-8. */
export function decodeText(bytes: Buffer, charset: string | undefined): string {
  const label = readMark(bytes) ?? charset
  if (label === undefined || isNamedUtf8(label)) return bytes.toString('utf8', hasUtf8Mark(bytes) ? 3 : 0)
  return makeDecoder(label).decode(bytes)
}

/**
 * The bytes of JSON as text. JSON is UTF-8 whatever its Content-Type says (RFC 8259, 8.1); what is not is read by its byte
 * order mark, by the zeros that UTF-16 has beside JSON's first character, or by the charset.
 */
export function decodeJsonText(bytes: Buffer, charset: string | undefined): string {
  if (readMark(bytes) !== undefined) return decodeText(bytes, undefined)
  if (bytes.length > 1 && bytes[0] === 0) return decodeText(bytes, 'utf-16be')
  if (bytes.length > 1 && bytes[1] === 0) return decodeText(bytes, 'utf-16le')
  return decodeText(bytes, charset === undefined || isNamedUtf8(charset) || isUtf8(bytes) ? undefined : charset)
}

/** As `decodeText`, for bytes that come in pieces. */
export function decodePieces(charset: string | undefined): TextPieces {
  let held: Buffer = Buffer.alloc(0)
  let decoder: TextDecoder | undefined
  return {
    decode(bytes) {
      if (decoder !== undefined) return decoder.decode(bytes, { stream: true })
      held = held.length === 0 ? bytes : Buffer.concat([held, bytes])
      if (mayBecomeMark(held)) return ''
      decoder = makeDecoder(readMark(held) ?? charset ?? 'utf-8')
      return decoder.decode(held, { stream: true })
    },
    end() {
      return decoder === undefined ? decodeText(held, charset) : decoder.decode()
    },
  }
}

const MARKS: readonly (readonly [label: string, ...bytes: number[]])[] = [
  ['utf-8', 0xef, 0xbb, 0xbf],
  ['utf-16le', 0xff, 0xfe],
  ['utf-16be', 0xfe, 0xff],
]

/** The encoding that the bytes' first ones name. */
function readMark(bytes: Buffer): string | undefined {
  return MARKS.find(([, ...mark]) => mark.every((byte, at) => bytes[at] === byte))?.[0]
}

/** True while the bytes are the beginning of a mark, or none at all. */
function mayBecomeMark(bytes: Buffer): boolean {
  return MARKS.some(([, ...mark]) => bytes.length < mark.length && bytes.every((byte, at) => byte === mark[at]))
}

function hasUtf8Mark(bytes: Buffer): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
}

function isNamedUtf8(label: string): boolean {
  return /^utf-?8$/i.test(label)
}

function makeDecoder(label: string): TextDecoder {
  try {
    return new TextDecoder(label)
  } catch {
    // A charset that is not known is read as UTF-8, like a missing one.
    return new TextDecoder()
  }
}
