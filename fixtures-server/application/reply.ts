import { recordOf } from '../record-of.ts'
import { type Ask, headerOf } from './ask.ts'

export type Header = readonly [name: string, value: string]

/** An answer as data; the lane and the application each put it on the wire in their own way. */
export interface Reply {
  readonly status: number
  readonly headers: readonly Header[]
  /** Text goes out in one write with the head, which is faster than bytes. */
  readonly body: string | Buffer | AsyncIterable<Buffer>
  /** Every such request gets another body, of the same length; the rest of the reply stays as it is. */
  readonly redraw?: () => Buffer
  /** Done with the connection once the reply has been sent. */
  afterwards?(wire: Wire): void
  /** How long the server meant to wait, for the log. */
  readonly injectedMs?: number
}

/** The bare connection, for routes that go wrong on purpose. Over HTTP/2 only its stream, which can merely be reset. */
export interface Wire {
  write(bytes: string | Buffer): void
  end(): void
  reset(): void
  pause(ms: number): Promise<void>
  readonly isGone: boolean
}

/** An answer that is no proper reply: the route does as it likes with the connection. */
export interface Misbehaviour {
  /** What the ledger notes; 0 when the client sees no status at all. */
  readonly status: number
  misbehave(wire: Wire): void
  readonly injectedMs?: number
}

export type Answer = Reply | Misbehaviour

interface ReplyOptions {
  status?: number
  headers?: readonly Header[]
}

/** A JSON reply, indented and with sorted keys as httpbin's. */
export function jsonReply(value: unknown, { status = 200, headers = [] }: ReplyOptions = {}): Reply {
  const body = `${JSON.stringify(sortKeys(value), null, 2)}\n`
  return { status, headers: [['Content-Type', 'application/json'], ...headers], body }
}

/** A reply of plain text, or of another text type that `headers` names. */
export function textReply(text: string, { status = 200, headers = [] }: ReplyOptions = {}): Reply {
  return { status, headers: withType(headers, 'text/html; charset=utf-8'), body: text }
}

/** A reply of plain text. */
export function plainReply(text: string, status: number, headers: readonly Header[] = []): Reply {
  return { status, headers: [['Content-Type', 'text/plain; charset=utf-8'], ...headers], body: text }
}

/** A redirect with a page that says where to, for those who look. */
export function redirectReply(location: string, { status = 302, headers = [] }: ReplyOptions = {}): Reply {
  const page = '<!doctype html>\n<title>Redirecting...</title>\n<p>You should be redirected automatically.</p>\n'
  return textReply(page, { status, headers: [['Location', fieldText(location)], ...headers] })
}

/** Text as a header value: its UTF-8 bytes, one per character, as node:http wants them. */
export function fieldText(text: string): string {
  return Buffer.from(text).toString('latin1')
}

/** A refusal with its reason, as JSON. */
export function refusal(status: number, reason: string, headers: readonly Header[] = []): Reply {
  return jsonReply({ status, error: reason }, { status, headers })
}

/**
 * The header fields of a reply, names and values alternating: its own, Content-Length where one is due, and the CORS
 * fields that every reply carries.
 */
export function replyFields(ask: Pick<Ask, 'method' | 'rawHeaders'>, reply: Reply): string[] {
  const fields: string[] = []
  for (const [name, value] of reply.headers) fields.push(name, value)
  const length = bodyLength(reply)
  if (length !== undefined) fields.push('Content-Length', String(length))
  fields.push('Access-Control-Allow-Origin', headerOf(ask, 'origin') ?? '*', 'Access-Control-Allow-Credentials', 'true')
  if (ask.method !== 'OPTIONS') return fields
  fields.push('Access-Control-Allow-Methods', 'GET, POST, PUT, DELETE, PATCH, OPTIONS')
  fields.push('Access-Control-Max-Age', '3600')
  const wanted = headerOf(ask, 'access-control-request-headers')
  if (wanted !== undefined) fields.push('Access-Control-Allow-Headers', wanted)
  return fields
}

// Unknown for a stream, and none for a status that has no body.
function bodyLength({ status, body }: Reply): number | undefined {
  if (!mayHaveBody(status)) return undefined
  if (typeof body === 'string') return Buffer.byteLength(body)
  return Buffer.isBuffer(body) ? body.length : undefined
}

/** Whether a reply of this status has a body at all (RFC 9110 §6.4.1). */
export function mayHaveBody(status: number): boolean {
  return status !== 204 && status !== 304 && status >= 200
}

function withType(headers: readonly Header[], type: string): readonly Header[] {
  const named = headers.some(([name]) => name.toLowerCase() === 'content-type')
  return named ? headers : [['Content-Type', type], ...headers]
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).map(([key, field]) => [key, sortKeys(field)] as const)
  return recordOf(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}
