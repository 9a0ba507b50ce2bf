/** How many bytes follow a head: a number of them, chunks that say so themselves, or all until the connection ends. */
type BodyLength = number | 'chunked' | 'until closed'

/** What of a response's head says how it is read, and what becomes of its connection. */
export interface ResponseHead {
  readonly status: number
  readonly body: BodyLength
  /** The target sends nothing more on this connection after this answer. */
  readonly isLast: boolean
}

/** The target does not speak HTTP/1.1 as it stands in RFC 9112: where an answer ends cannot be known. */
export class ResponseSyntaxError extends Error {
  override readonly name = 'ResponseSyntaxError'
  readonly code = 'EPROTO'
}

const statusLine = /^HTTP\/1\.([01]) ([1-9][0-9]{2})(?: [\t\x20-\x7e\x80-\xff]*)?$/
// One way only to tell the blanks around a value from the value, so that a line is read in linear time.
const fieldLine = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([^ \t\0\r\n](?:[^\0\r\n]*[^ \t\0\r\n])?)?[ \t]*$/

/** Reads a head: its lines, latin1, without the empty one that ends it. Throws ResponseSyntaxError. */
export function readResponseHead(text: string, isOfHead: boolean): ResponseHead {
  const [first = '', ...lines] = text.split('\r\n')
  const [, minor, digits] = statusLine.exec(first) ?? []
  if (digits === undefined) throw new ResponseSyntaxError(`expected a status line, got ${quote(first)}`)
  const status = Number(digits)
  const fields = readFields(lines)
  const connection = optionsOf(fields.connection)
  const body = bodyLengthOf(status, fields, isOfHead)
  const keepsAlive = minor === '1' ? !connection.includes('close') : connection.includes('keep-alive')
  return { status, body, isLast: !keepsAlive || body === 'until closed' }
}

interface FramingFields {
  readonly connection: string[]
  readonly 'content-length': string[]
  readonly 'transfer-encoding': string[]
}

function readFields(lines: readonly string[]): FramingFields {
  const fields: FramingFields = { connection: [], 'content-length': [], 'transfer-encoding': [] }
  for (const line of lines) {
    const [, name, value = ''] = fieldLine.exec(line) ?? []
    if (name === undefined) throw new ResponseSyntaxError(`expected a header field, got ${quote(line)}`)
    const known = name.toLowerCase()
    if (Object.hasOwn(fields, known)) fields[known as keyof FramingFields].push(value)
  }
  return fields
}

/** RFC 9112, section 6.3. */
function bodyLengthOf(status: number, fields: FramingFields, isOfHead: boolean): BodyLength {
  const codings = optionsOf(fields['transfer-encoding'])
  const lengths = [...new Set(fields['content-length'].flatMap((value) => value.split(',').map((one) => one.trim())))]
  const [length] = lengths
  if (lengths.length > 1 || (length !== undefined && !/^\d{1,15}$/.test(length))) {
    throw new ResponseSyntaxError(`expected one content-length, got ${quote(fields['content-length'].join(', '))}`)
  }
  if (codings.length > 0 && length !== undefined) {
    throw new ResponseSyntaxError('expected either content-length or transfer-encoding, got both')
  }
  if (isOfHead || status < 200 || status === 204 || status === 304) return 0
  if (codings.length > 0) return codings.at(-1) === 'chunked' ? 'chunked' : 'until closed'
  return length === undefined ? 'until closed' : Number(length)
}

function optionsOf(values: readonly string[]): string[] {
  return values
    .flatMap((value) => value.split(',').map((option) => option.trim().toLowerCase()))
    .filter((option) => option !== '')
}

const mostQuoted = 60

function quote(text: string): string {
  return JSON.stringify(text.length > mostQuoted ? `${text.slice(0, mostQuoted)}…` : text)
}
