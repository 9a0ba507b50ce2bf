import * as z from 'zod'
import { fieldsOf, isRecord } from '../session/fields-of.ts'
import { maskUrlsIn } from '../session/mask.ts'
import { shorten } from './shorten.ts'

/** How an iteration ended when it did not succeed: a closed list, so that reports and gates can name each one. */
const failureCodes = [
  'status',
  'dns',
  'refused',
  'reset',
  'timeout',
  'tls',
  'ports-exhausted',
  'aborted',
  'other',
] as const
export type FailureCode = (typeof failureCodes)[number]

/** Failed iterations of one kind in one block, or in several. */
export const failureSummarySchema = z.strictObject({
  code: z.enum(failureCodes),
  status: z.int().optional().describe('for `status`: which one'),
  count: z.int().min(1),
  message: z.string().describe('words of the first such error in the block'),
  url: z.string().optional().describe('what the first such error was about, without userinfo and query'),
})
export type FailureSummary = z.infer<typeof failureSummarySchema>

/** A failed iteration: its code, and the words of one of the errors behind it for the reader. */
export type Failure = Readonly<Omit<FailureSummary, 'count'>>

const codesByErrorCode: ReadonlyMap<string, FailureCode> = new Map([
  ['ENOTFOUND', 'dns'],
  ['EAI_AGAIN', 'dns'],
  ['ECONNREFUSED', 'refused'],
  ['ECONNRESET', 'reset'],
  ['EPIPE', 'reset'],
  ['UND_ERR_SOCKET', 'reset'],
  ['ETIMEDOUT', 'timeout'],
  ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
  ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
  ['UND_ERR_BODY_TIMEOUT', 'timeout'],
  ['EADDRNOTAVAIL', 'ports-exhausted'],
  ['EMFILE', 'ports-exhausted'],
])

/** A message is for a line in a report, not a document. */
const longestMessage = 500
const longestUrl = 200

/**
 * Sorts whatever a variant rejected with into the closed list, by the first known code along its chain of causes. Looking at it
 * may throw: it can be a Proxy, or have getters that do.
 */
export function classifyFailure(error: unknown): Failure {
  try {
    return classifyReadable(error)
  } catch {
    return { code: 'other', message: messageOf(error) }
  }
}

function classifyReadable(error: unknown): Failure {
  const chain = causesOf(error)
  const url = chain.map(urlOf).find((found) => found !== undefined)
  const words = { message: messageOf(error), ...(url !== undefined && { url }) }
  for (const link of chain) {
    const found = classifyOne(link)
    if (found !== undefined) return { ...found, ...words }
  }
  return { code: 'other', ...words }
}

function classifyOne(error: Link): Pick<Failure, 'code' | 'status'> | undefined {
  const code = typeof error.code === 'string' ? error.code : ''
  const name = typeof error.name === 'string' ? error.name : ''
  const status = statusOf(error)
  if (name === 'StatusError' || status !== undefined) return { code: 'status', ...(status !== undefined && { status }) }
  const known = codesByErrorCode.get(code)
  // A variant asked for a local address that this machine does not have.
  if (known === 'ports-exhausted' && error.syscall === 'bind') return { code: 'other' }
  if (known !== undefined) return { code: known }
  if (name === 'AbortError') return { code: 'aborted' }
  if (name.includes('Timeout') || code.includes('TIMEOUT')) return { code: 'timeout' }
  if (/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO/.test(code) || name === 'TlsError') return { code: 'tls' }
  return undefined
}

/** An error, or what stands for one: nothing is known of its fields. */
type Link = Readonly<Record<string, unknown>>

/** The status of an error that is about one: of a StatusError, or on the response that got, ky and axios attach. */
function statusOf({ name, status, response }: Link): number | undefined {
  const found = name === 'StatusError' ? (status ?? statusOfResponse(response)) : statusOfResponse(response)
  return typeof found === 'number' && found >= 400 ? found : undefined
}

function statusOfResponse(response: unknown): unknown {
  const { status, statusCode } = fieldsOf(response)
  return status ?? statusCode
}

/** The URL that a response or an error tells of, where its client puts it; without userinfo and query, which may be secret. */
export function urlOf(source: object): string | undefined {
  const { url, request, response, config, options } = source as Record<string, { url?: unknown } | undefined>
  const candidates = [url, request?.url, response?.url, config?.url, options?.url]
  for (const candidate of candidates) {
    const text = candidate instanceof URL ? candidate.href : candidate
    if (typeof text === 'string' && URL.canParse(text)) return showUrl(new URL(text))
  }
  return undefined
}

function showUrl({ origin, protocol, host, pathname, search }: URL): string {
  const start = origin === 'null' ? `${protocol}//${host}` : origin
  const text = `${start}${pathname}${search === '' ? '' : '?…'}`
  return shorten(text, longestUrl)
}

/** Anything can be thrown, also what cannot be turned into text. */
function messageOf(error: unknown): string {
  try {
    return shorten(maskUrlsIn(String(fieldsOf(error).message ?? error)), longestMessage)
  } catch {
    return 'something was thrown that has no text'
  }
}

/** The error, then its causes and an AggregateError's parts, outermost first, cut off after ten. */
function causesOf(error: unknown): Link[] {
  const found: Link[] = []
  const queue: unknown[] = [error]
  while (queue.length > 0 && found.length < 10) {
    const next = queue.shift()
    if (!isRecord(next)) continue
    found.push(next)
    queue.push(next.cause, ...(Array.isArray(next.errors) ? next.errors : []))
  }
  return found
}
