/**
 * The error tree.
 *
 * SessionError
 * ├── ConnectionError        DNS, refused, reset, stale socket, answer that is not HTTP
 * ├── TimeoutError
 * │   ├── ConnectTimeout  HeadersTimeout  BodyTimeout  PoolTimeout  TotalTimeout
 * ├── TlsError               expired, wrong host, untrusted, client certificate wanted
 * ├── ProxyError             proxy unreachable, refused the tunnel, wants other credentials
 * ├── ResponseError          carries the last response; itself: a redirect to what is no URL
 * │   ├── TooManyRedirects   more hops than maxRedirects
 * │   ├── RetryError         the retries on a status are used up
 * │   └── StatusError        from `response.raiseForStatus()`, 400–599
 * ├── BodyError              a body that cannot be sent, read or parsed
 * ├── SessionClosed          the session was closed or destroyed
 * └── UsageError → InvalidUrl  InvalidHeader  InvalidOption
 *
 * An aborted signal is no member: its own reason (the platform's AbortError) is thrown untouched.
 */

import { maskUrlsIn } from './mask.ts'

/** One retry that was made: why, and after what wait. */
export type RetryRecord = {
  /** Of the request that was sent again. */
  readonly method: string
  /** Of the request that was sent again. */
  readonly url: string
  /** The status that was tried again on, or null after an error. */
  readonly status: number | null
  /** The error's code, or null after a status. */
  readonly code: string | null
  /** The wait before it, in ms. */
  readonly waitedMs: number
}

/** What was asked, as far as an error may show it: the URL has no userinfo. */
export type RequestSummary = { readonly method: string; readonly url: string }

/** Everything an error is built from besides its message. */
type SessionErrorOptions = {
  readonly code: string
  readonly request?: RequestSummary | undefined
  readonly cause?: unknown
}

/**
 * Base of every error that a Session throws. `code` is stable; `request` says what was asked; `cause` is kept.
 *
 * @example
 * try {
 *   await session.get('/slow')
 * } catch (error) {
 *   if (error instanceof TimeoutError) console.log(error.code, error.timeoutMs) // 'HEADERS_TIMEOUT' 5000
 *   else if (error instanceof SessionError) console.log(error.code, error.request?.url)
 *   else throw error // an aborted signal's own reason, or a bug
 * }
 */
export class SessionError extends Error {
  /** Stable and upper case, for programs to compare with. */
  readonly code: string
  /** What was asked; undefined when it is no matter of one request. */
  request: RequestSummary | undefined
  /** The retries that had been made before it was thrown. */
  retries: readonly RetryRecord[] = []

  constructor(message: string, options: SessionErrorOptions) {
    super(maskUrlsIn(message), options.cause === undefined ? undefined : { cause: options.cause })
    this.code = options.code
    this.request = options.request
  }

  static {
    SessionError.prototype.name = 'SessionError'
  }
}

/**
 * No answer could be had from the server: `DNS_FAILED`, `CONNECTION_REFUSED`, `CONNECTION_RESET`, `CONNECTION_CLOSED`,
 * `CONNECTION_STALE` (a kept connection was found dead), `BAD_RESPONSE` (what came is not HTTP), `CONNECTION_FAILED`.
 * @example
 * if (error instanceof ConnectionError && !error.sent) queue.push(order) // the server has not seen it
 */
export class ConnectionError extends SessionError {
  /** True when the request had been sent, or some of it: the server may have acted on it. */
  readonly sent: boolean

  constructor(message: string, options: SessionErrorOptions & { readonly sent?: boolean }) {
    super(message, options)
    this.sent = options.sent ?? false
  }
}

/**
 * Base of the five timeouts. `timeoutMs` is the limit that ran out.
 * @example
 * if (error instanceof TimeoutError) console.log(`${error.code} after ${error.timeoutMs} ms`)
 */
export class TimeoutError extends SessionError {
  /** The limit that ran out, in ms. */
  readonly timeoutMs: number

  constructor(message: string, options: SessionErrorOptions & { readonly timeoutMs: number }) {
    super(message, options)
    this.timeoutMs = options.timeoutMs
  }
}

/**
 * The connection (DNS, TCP and TLS together) was not open in time. Code `CONNECT_TIMEOUT`.
 * @example
 * await session.get(url, { timeoutMs: { connect: 1_000 } }) // ConnectTimeout after a second without a connection
 */
export class ConnectTimeout extends TimeoutError {}
/**
 * The request was sent but the response's headers did not come in time. Code `HEADERS_TIMEOUT`.
 * @example
 * await session.get('/report', { timeoutMs: { headers: 5_000 } }) // HeadersTimeout when the server thinks for longer
 */
export class HeadersTimeout extends TimeoutError {}
/**
 * The pause between two pieces of the response's body was too long. Code `BODY_TIMEOUT`.
 * @example
 * const response = await session.get('/stream', { timeoutMs: { body: 2_000 } })
 * await response.text() // BodyTimeout when the server pauses for longer
 */
export class BodyTimeout extends TimeoutError {}
/**
 * No connection of the pool came free in time. Code `POOL_TIMEOUT`.
 * @example
 * await session.get('/', { timeoutMs: { pool: 500 } }) // PoolTimeout when every connection is busy for longer
 */
export class PoolTimeout extends TimeoutError {}
/**
 * The call as a whole (redirects, retries, back-off and body included) took too long. Code `TOTAL_TIMEOUT`.
 * @example
 * await session.get('/', { timeoutMs: 3_000 }) // TotalTimeout, whatever took so long
 */
export class TotalTimeout extends TimeoutError {}

/**
 * TLS failed: `TLS_EXPIRED`, `TLS_NOT_YET_VALID`, `TLS_WRONG_HOST`, `TLS_SELF_SIGNED`, `TLS_UNTRUSTED`,
 * `TLS_CLIENT_CERTIFICATE` (the server wants one, or refused ours; in TLS 1.2 perhaps no cipher is shared), `TLS_BAD_CERTIFICATE` (ca, cert or key cannot be read),
 * `TLS_FAILED`.
 * @example
 * if (error instanceof TlsError && error.code === 'TLS_UNTRUSTED') console.log('pass the authority as ca')
 */
export class TlsError extends SessionError {}

/**
 * The proxy failed: `PROXY_UNREACHABLE`, `PROXY_AUTH` (407 or refused credentials), `PROXY_REFUSED`, `PROXY_BAD_RESPONSE`.
 * @example
 * if (error instanceof ProxyError && error.code === 'PROXY_AUTH') console.log('the proxy wants other credentials')
 */
export class ProxyError extends SessionError {}

/**
 * A body could not be sent, read or parsed: `BODY_USED`, `BODY_TOO_LARGE`, `BODY_TRUNCATED`, `BODY_UPLOAD`, `INVALID_JSON`, …
 * @example
 * const user = await response.json().catch((error) => (error instanceof BodyError ? null : Promise.reject(error)))
 */
export class BodyError extends SessionError {}

/**
 * The session was closed (`SESSION_CLOSED`) or destroyed (`SESSION_DESTROYED`) before or during the call.
 * @example
 * if (error instanceof SessionClosed) return // we are shutting down
 */
export class SessionClosed extends SessionError {}

/**
 * Base of the mistakes in what was passed in; nothing was sent.
 * @example
 * if (error instanceof UsageError) console.log(error.message) // nothing was sent: what was passed in is wrong
 */
export class UsageError extends SessionError {}
/**
 * The URL cannot be requested. Code `INVALID_URL`.
 * @example
 * await session.get('ftp://example.com/') // InvalidUrl: expected http: or https:
 */
export class InvalidUrl extends UsageError {}
/**
 * A header's name or value cannot be sent. The message never shows the value. Code `INVALID_HEADER`.
 * @example
 * await session.get('/', { headers: { 'X-Name': 'a\r\nb' } }) // InvalidHeader; the value is not shown
 */
export class InvalidHeader extends UsageError {}

/** One thing wrong with one option. */
export type OptionProblem = { readonly path: string; readonly expected: string; readonly received: string }

/**
 * Options are wrong; `problems` lists all of them, each with its path. Code `INVALID_OPTION`.
 * @example
 * if (error instanceof InvalidOption) for (const { path, expected } of error.problems) console.log(path, expected)
 */
export class InvalidOption extends UsageError {
  /** Everything that is wrong, each with its path. */
  readonly problems: readonly OptionProblem[]

  constructor(given: readonly OptionProblem[]) {
    const problems = given.map(maskProblem)
    const lines = problems.map(({ path, expected, received }) => `  ${path}: expected ${expected}, got ${received}`)
    super(`${problems.length === 1 ? 'An option is' : `${problems.length} options are`} wrong:\n${lines.join('\n')}`, {
      code: 'INVALID_OPTION',
    })
    this.problems = problems
  }
}

// A path may be a selector or a name that somebody took a URL for.
function maskProblem({ path, expected, received }: OptionProblem): OptionProblem {
  return { path: maskUrlsIn(path), expected: maskUrlsIn(expected), received: maskUrlsIn(received) }
}

/**
 * An error that carries the response that led to it. Itself: `BAD_LOCATION`, a redirect to what cannot be requested.
 * @example
 * if (error instanceof ResponseError) console.log(error.code, error.response.status)
 */
export class ResponseError<Response> extends SessionError {
  readonly #response: Response

  constructor(message: string, options: SessionErrorOptions & { readonly response: Response }) {
    super(message, options)
    this.#response = options.response
  }

  /** The last response, with its body still readable. */
  get response(): Response {
    return this.#response
  }
}

/**
 * More redirects than `maxRedirects`. Code `TOO_MANY_REDIRECTS`.
 * @example
 * if (error instanceof TooManyRedirects) console.log(error.response.history.map(({ url }) => url))
 */
export class TooManyRedirects<Response = unknown> extends ResponseError<Response> {}
/**
 * `raiseForStatus()` on a response of 400–599. Code `HTTP_<status>`.
 * @example
 * try {
 *   ;(await session.get('/me')).raiseForStatus()
 * } catch (error) {
 *   if (!(error instanceof StatusError) || error.status !== 404) throw error
 * }
 */
export class StatusError<Response = unknown> extends ResponseError<Response> {
  /** The response's status, 400–599. */
  readonly status: number

  constructor(
    message: string,
    options: SessionErrorOptions & { readonly response: Response; readonly status: number },
  ) {
    super(message, options)
    this.status = options.status
  }
}
/**
 * The retries on a status are used up (`retries` tells them). Code `RETRIES_EXHAUSTED`.
 * @example
 * if (error instanceof RetryError) console.log(error.retries.length, error.response.status)
 */
export class RetryError<Response = unknown> extends ResponseError<Response> {}

const TREE = {
  ConnectionError,
  TimeoutError,
  ConnectTimeout,
  HeadersTimeout,
  BodyTimeout,
  PoolTimeout,
  TotalTimeout,
  TlsError,
  ProxyError,
  BodyError,
  SessionClosed,
  UsageError,
  InvalidUrl,
  InvalidHeader,
  InvalidOption,
  ResponseError,
  TooManyRedirects,
  StatusError,
  RetryError,
}
// Names are set once on the prototypes, so that minified or bundled code still prints them.
for (const [name, kind] of Object.entries(TREE)) kind.prototype.name = name
