/** How an iteration ended when it did not succeed: a closed list, so that reports and gates can name each one. */
export const failureCodes = [
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

/** A failed iteration: its code, and the words of one of the errors behind it for the reader. */
export interface Failure {
  readonly code: FailureCode
  readonly message: string
}

const codesByErrorCode: Readonly<Record<string, FailureCode>> = {
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'reset',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  EADDRNOTAVAIL: 'ports-exhausted',
  EMFILE: 'ports-exhausted',
}

/** Sorts whatever a variant rejected with into the closed list, by the first known code along its chain of causes. */
export function classifyFailure(error: unknown): Failure {
  const chain = causesOf(error)
  const message = String((error as { message?: unknown } | null)?.message ?? error)
  for (const link of chain) {
    const code = classifyOne(link)
    if (code !== undefined) return { code, message }
  }
  return { code: 'other', message }
}

function classifyOne(error: { name?: unknown; code?: unknown }): FailureCode | undefined {
  const code = typeof error.code === 'string' ? error.code : ''
  const name = typeof error.name === 'string' ? error.name : ''
  if (name === 'StatusError') return 'status'
  if (codesByErrorCode[code] !== undefined) return codesByErrorCode[code]
  if (name === 'AbortError') return 'aborted'
  if (name.includes('Timeout') || code.includes('TIMEOUT')) return 'timeout'
  if (/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO/.test(code) || name === 'TlsError') return 'tls'
  return undefined
}

/** The error, then its causes and an AggregateError's parts, outermost first, cut off after ten. */
function causesOf(error: unknown): { name?: unknown; code?: unknown }[] {
  const found: { name?: unknown; code?: unknown; cause?: unknown; errors?: unknown }[] = []
  const queue: unknown[] = [error]
  while (queue.length > 0 && found.length < 10) {
    const next = queue.shift()
    if (typeof next !== 'object' || next === null) continue
    const link = next as { cause?: unknown; errors?: unknown }
    found.push(link)
    queue.push(link.cause, ...(Array.isArray(link.errors) ? link.errors : []))
  }
  return found
}
