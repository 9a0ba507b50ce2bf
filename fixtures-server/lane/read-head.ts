/** How the body of a request is framed. */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }

/** A request head that the lane understands completely. */
export interface LaneHead {
  readonly method: string
  readonly target: string
  readonly version: '1.0' | '1.1'
  readonly rawHeaders: readonly string[]
  readonly framing: Framing
  readonly keepsAlive: boolean
}

const requestLine = /^(GET|HEAD|POST) (\/[\x21-\x7e]*) HTTP\/1\.([01])$/
// A field with a token as its name and visible ASCII, blanks and tabs as its value; obs-fold and bare CR do not fit.
// There is one way only to tell the blanks before the value from the value, so that a line is read in linear time.
const headerLine = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*((?:[\x21-\x7e][\t\x20-\x7e]*)?)$/
const maxHeaders = 100

/**
 * Reads a request head (without the empty line that ends it). `undefined` means "not for the lane": anything that is
 * not beyond doubt a plain request goes to node:http, bytes untouched, which answers or refuses it. So the lane can
 * never read a request differently from how a stricter parser would (RFC 9112 §11.2, request smuggling).
 */
export function readHead(text: string): LaneHead | undefined {
  const [first = '', ...lines] = text.split('\r\n')
  const line = requestLine.exec(first)
  if (!line || lines.length > maxHeaders) return undefined
  const rawHeaders = readFields(lines)
  if (!rawHeaders) return undefined
  const version = line[3] === '1' ? '1.1' : '1.0'
  const single = singleFields(rawHeaders)
  if (!single || (version === '1.1' && single.host === undefined)) return undefined
  const framing = readFraming(single, version)
  if (!framing) return undefined
  const keepsAlive = readKeepsAlive(single.connection, version)
  if (keepsAlive === undefined) return undefined
  return { method: line[1] as string, target: line[2] as string, version, rawHeaders, framing, keepsAlive }
}

function readFields(lines: readonly string[]): string[] | undefined {
  const rawHeaders: string[] = []
  for (const line of lines) {
    const field = headerLine.exec(line)
    if (!field) return undefined
    rawHeaders.push(field[1] as string, (field[2] as string).trimEnd())
  }
  return rawHeaders
}

// The fields that decide where a request ends and what becomes of the connection: twice is once too often.
const decisive = ['host', 'connection', 'content-length', 'transfer-encoding'] as const
// These ask for a conversation that the lane does not have, or for a place in the log that it does not keep.
const foreign = new Set(['expect', 'upgrade', 'trailer', 'http2-settings', 'x-request-id'])

type SingleFields = Partial<Record<(typeof decisive)[number], string>>

function singleFields(rawHeaders: readonly string[]): SingleFields | undefined {
  const single: SingleFields = {}
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] as string).toLowerCase()
    if (foreign.has(name)) return undefined
    const key = decisive.find((known) => known === name)
    if (!key) continue
    if (single[key] !== undefined) return undefined
    single[key] = rawHeaders[i + 1] as string
  }
  return single
}

function readFraming(single: SingleFields, version: string): Framing | undefined {
  const length = single['content-length']
  const encoding = single['transfer-encoding']
  if (encoding !== undefined) {
    return length === undefined && version === '1.1' && encoding.toLowerCase() === 'chunked'
      ? { kind: 'chunked' }
      : undefined
  }
  if (length === undefined) return { kind: 'none' }
  return /^\d{1,15}$/.test(length) ? { kind: 'length', bytes: Number(length) } : undefined
}

function readKeepsAlive(connection: string | undefined, version: string): boolean | undefined {
  if (connection === undefined) return version === '1.1'
  switch (connection.toLowerCase()) {
    case 'keep-alive':
      return true
    case 'close':
      return false
    default:
      return undefined
  }
}
