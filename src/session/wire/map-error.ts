import { maxHeaderSize } from 'node:http'
import {
  BodyError,
  ConnectionError,
  ConnectTimeout,
  InvalidHeader,
  InvalidUrl,
  ProxyError,
  type RequestSummary,
  SessionError,
  TlsError,
} from '../errors.ts'
import { bodyNotSent, bodyTimeout, headersTimeout, summarize, withRequest } from './exchange-errors.ts'
import { streamFailure } from './stream-failure.ts'
import type { WireRequest } from './transport.ts'

/** The code of the error with which a dead connection refuses a request that was never written. */
export const UNSENT = 'SESSION_UNSENT'

/** For a request that its connection never wrote. */
export function unsentError(): Error {
  return Object.assign(new Error('The connection is gone'), { code: UNSENT })
}

/** What is known about the moment of failure. */
type FailurePoint = {
  /** The connection had been used before and gave no byte for this request. */
  readonly stale: boolean
  /** The response's headers had come. */
  readonly headersIn: boolean
  /** The request had been written, or some of it. */
  readonly sent: boolean
}

type Coded = Error & { code?: string; data?: unknown; limitBytes?: number }

const TLS_CODES: Readonly<Record<string, readonly [code: string, advice: string]>> = {
  CERT_HAS_EXPIRED: ['TLS_EXPIRED', 'its certificate has expired: the server must renew it'],
  CERT_NOT_YET_VALID: ['TLS_NOT_YET_VALID', 'its certificate is not valid yet: check both clocks'],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    'TLS_WRONG_HOST',
    'its certificate is for another host: check the host name in the URL',
  ],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['TLS_SELF_SIGNED', 'its certificate is self-signed: pass it as `ca` if you trust it'],
  SELF_SIGNED_CERT_IN_CHAIN: [
    'TLS_UNTRUSTED',
    'its certificate is from an unknown authority: pass that authority as `ca`',
  ],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: [
    'TLS_UNTRUSTED',
    'its certificate is from an unknown authority: pass that authority as `ca`',
  ],
  UNABLE_TO_GET_ISSUER_CERT: [
    'TLS_UNTRUSTED',
    'its certificate is from an unknown authority: pass that authority as `ca`',
  ],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: [
    'TLS_UNTRUSTED',
    'its certificate is from an unknown authority: pass that authority as `ca`',
  ],
  CERT_SIGNATURE_FAILURE: ['TLS_UNTRUSTED', 'its certificate is not signed by the authority given as `ca`'],
}

const BROKEN_TLS = ['CONNECTION_RESET', 'what came is not what TLS expects'] as const

const NETWORK_CODES: Readonly<Record<string, readonly [code: string, advice: string]>> = {
  ENOTFOUND: ['DNS_FAILED', 'its name does not resolve: check the host name and the DNS'],
  EAI_AGAIN: ['DNS_FAILED', 'the DNS did not answer: check the network'],
  ECONNREFUSED: [
    'CONNECTION_REFUSED',
    'the connection was refused: check host and port, and that the server runs and takes more',
  ],
  // Whoever is at the other end: the server, a proxy, or what is on the way.
  ECONNRESET: ['CONNECTION_RESET', 'the other end reset the connection'],
  EPIPE: ['CONNECTION_RESET', 'the other end closed the connection while the request was sent'],
  ETIMEDOUT: ['CONNECTION_FAILED', 'the network gave up: check host, port and firewall'],
  EHOSTUNREACH: ['CONNECTION_FAILED', 'there is no way to that host: check the network'],
  ENETUNREACH: ['CONNECTION_FAILED', 'there is no way to that network: check the network'],
  EADDRNOTAVAIL: [
    'CONNECTION_FAILED',
    'this machine has no free port left, or no address that leads there: keep connections, or check the host',
  ],
  EMFILE: ['CONNECTION_FAILED', 'this process has too many files open: raise `ulimit -n`, or open fewer connections'],
  [UNSENT]: ['CONNECTION_CLOSED', 'the connection died with requests waiting on it'],
  UND_ERR_SOCKET: ['CONNECTION_CLOSED', 'the other end closed the connection before it had answered'],
  ERR_HTTP2_SESSION_ERROR: ['CONNECTION_CLOSED', 'the server ended the HTTP/2 session before it had answered'],
  ERR_HTTP2_INVALID_SESSION: ['CONNECTION_CLOSED', 'the server ended the HTTP/2 session before it had answered'],
  ERR_HTTP2_GOAWAY_SESSION: ['CONNECTION_CLOSED', 'the server ended the HTTP/2 session before it had answered'],
  ERR_HTTP2_STREAM_CANCEL: ['CONNECTION_CLOSED', 'the server ended the HTTP/2 session before it had answered'],
}

/** The message of undici's error, whose code is that of a closed connection: it closes it for this reason. */
const UNASKED_UPGRADE = 'bad upgrade'

/** What undici refuses to read, and what that means. */
const BAD_RESPONSES: ReadonlyMap<string, (error: Coded) => string> = new Map<string, (error: Coded) => string>([
  [
    'UND_ERR_HEADERS_OVERFLOW',
    ({ limitBytes = maxHeaderSize }) => `its headers have more than ${limitBytes} bytes (maxResponseHeaderBytes)`,
  ],
  [
    'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
    () => 'its Content-Length came more than once, or is not the length of its body',
  ],
  // What undici's parser takes for impossible: a status below 100.
  ['ERR_ASSERTION', () => 'its status is none of HTTP/1.1'],
  [UNASKED_UPGRADE, () => 'it switched to another protocol (101), which nobody had asked for'],
])

/** Turns whatever the transport failed with into the error tree; errors of the caller's (abort reasons) pass untouched. */
export function toSessionError(error: unknown, request: WireRequest, point: FailurePoint): unknown {
  if (isOfOpening(error)) return withRequest(error, request)
  if (error instanceof SessionError || error instanceof DOMException || !(error instanceof Error)) return error
  const failure = error as Coded
  const code = failure.message === UNASKED_UPGRADE ? UNASKED_UPGRADE : (failure.code ?? '')
  const summary = summarize(request)
  if (point.headersIn) return bodyFailure(failure, request, summary)
  const what = `${request.method} ${request.target.href}`
  if (code === 'UND_ERR_HEADERS_TIMEOUT') return headersTimeout(request, error)
  const tls = tlsFailure(failure, summary, what)
  // Once a request has been sent the handshake is over: what fails then is the connection, and the server may have acted.
  const brokeOff = tls?.code === 'TLS_FAILED' && point.sent
  if (tls !== undefined && !brokeOff) return tls
  if (code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_NOT_SUPPORTED') return badArgument(failure, summary, what)
  // undici's parser error has no code when its parser names none.
  if (failure.name === 'HTTPParserError' || BAD_RESPONSES.has(code))
    return badResponse(failure, summary, { what, code })
  if (code === 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH') return uploadFailure(failure, summary, what)
  const stream = streamFailure(failure, request)
  if (stream !== undefined) return stream
  const network = brokeOff ? BROKEN_TLS : networkCode(failure)
  if (network === undefined) return otherFailure(failure, request, { summary, what, sent: point.sent })
  if (point.stale) {
    return new ConnectionError(`${what}: the kept connection had died (${network[1]})`, {
      code: 'CONNECTION_STALE',
      request: summary,
      cause: error,
      sent: true,
    })
  }
  // A server that wants a client certificate may close without a word, and Node cannot tell us that it asked for one.
  const hint = code === 'UND_ERR_SOCKET' && request.target.secure ? ' (does it want a client certificate?)' : ''
  return new ConnectionError(`${what}: ${network[1]}${hint}`, {
    code: network[0],
    request: summary,
    cause: error,
    sent: point.sent,
  })
}

/** Errors made while a connection was opened, each for one request; others may be shared by many. */
function isOfOpening(error: unknown): error is SessionError {
  return [ProxyError, ConnectTimeout, ConnectionError, InvalidUrl].some((kind) => error instanceof kind)
}

/** The TlsError for a failed handshake, or undefined when it is no failure of TLS. */
function tlsFailure(error: Coded, request: RequestSummary | undefined, what: string): TlsError | undefined {
  const code = error.code ?? ''
  const known = Object.hasOwn(TLS_CODES, code) ? TLS_CODES[code] : undefined
  if (known !== undefined) {
    return new TlsError(`${what}: the server cannot be trusted, ${known[1]}`, { code: known[0], request, cause: error })
  }
  if (/CERTIFICATE_REQUIRED|ALERT_(HANDSHAKE_FAILURE|BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE)/.test(code)) {
    // Which of the two it was, this alert does not tell.
    const or = code.endsWith('HANDSHAKE_FAILURE') ? ', or shares no cipher with this client' : ''
    return new TlsError(`${what}: the server wants another client certificate (pass cert and key)${or}`, {
      code: 'TLS_CLIENT_CERTIFICATE',
      request,
      cause: error,
    })
  }
  if (/^(ERR_OSSL_|ERR_CRYPTO_)/.test(code)) {
    return new TlsError(`${what}: ca, cert, key or passphrase cannot be used: ${error.message}`, {
      code: 'TLS_BAD_CERTIFICATE',
      request,
      cause: error,
    })
  }
  if (!/^(ERR_SSL_|ERR_TLS_|EPROTO|CERT_)/.test(code)) return undefined
  const advice = /WRONG_VERSION_NUMBER|PACKET_LENGTH/.test(code) ? ' (does that port speak TLS?)' : ''
  return new TlsError(`${what}: the TLS handshake failed${advice}: ${error.message}`, {
    code: 'TLS_FAILED',
    request,
    cause: error,
  })
}

const closedEarly = /^closed( while connecting)?$|before secure TLS connection was established/

/** The stable code and the advice for an error of the network, or undefined when it is none. */
export function networkCode(error: Coded): readonly [code: string, advice: string] | undefined {
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return networkCode(error.errors[0])
  // Node gives a connection that ends before it is open the code of one that is reset.
  if (closedEarly.test(error.message)) return ['CONNECTION_RESET', 'the other end closed it before it was open']
  const code = error.code ?? ''
  return Object.hasOwn(NETWORK_CODES, code) ? NETWORK_CODES[code] : undefined
}

function bodyFailure(error: Coded, request: WireRequest, summary: RequestSummary): unknown {
  if (error.code === 'UND_ERR_BODY_TIMEOUT') return bodyTimeout(request, error)
  delete error.data
  if (error.code === undefined && error.name !== 'HTTPParserError') return error
  return new BodyError(`The body of ${summary.url} broke off: ${error.message}`, {
    code: error.name === 'HTTPParserError' ? 'BODY_MALFORMED' : 'BODY_TRUNCATED',
    request: summary,
    cause: error,
  })
}

/** What no table knows: a body that failed while it was sent, or else the connection. */
function otherFailure(
  error: Error,
  request: WireRequest,
  context: { readonly summary: RequestSummary; readonly what: string; readonly sent: boolean },
): SessionError {
  const { summary, what, sent } = context
  if (request.body !== null && typeof request.body !== 'string' && !(request.body instanceof Uint8Array))
    return bodyNotSent(request, error)
  return new ConnectionError(`${what}: ${error.message}`, {
    code: 'CONNECTION_FAILED',
    request: summary,
    cause: error,
    sent,
  })
}

function badArgument(error: Coded, request: RequestSummary, what: string): SessionError {
  const options = { request, cause: error }
  if (/header/.test(error.message)) {
    return new InvalidHeader(`${what}: ${error.message}: the session sets that header itself, or it is malformed`, {
      code: 'INVALID_HEADER',
      ...options,
    })
  }
  if (/path|method/.test(error.message))
    return new InvalidUrl(`${what}: ${error.message}`, { code: 'INVALID_URL', ...options })
  return new BodyError(`${what}: ${error.message}`, { code: 'BODY_UPLOAD', ...options })
}

function badResponse(
  error: Coded,
  request: RequestSummary,
  { what, code }: { readonly what: string; readonly code: string },
): ConnectionError {
  // undici's parser error holds the bytes that it choked on, and these may be a Set-Cookie line.
  delete error.data
  const why = BAD_RESPONSES.get(code)?.(error) ?? `what came back is not HTTP/1.1: ${error.message}`
  return new ConnectionError(`${what}: ${why}`, { code: 'BAD_RESPONSE', request, cause: error, sent: true })
}

function uploadFailure(error: Coded, request: RequestSummary, what: string): BodyError {
  return new BodyError(`${what}: the body's length is not the Content-Length that was announced`, {
    code: 'BODY_UPLOAD',
    request,
    cause: error,
  })
}
