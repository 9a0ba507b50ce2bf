import {
  BodyError,
  BodyTimeout,
  HeadersTimeout,
  PoolTimeout,
  type RequestSummary,
  type SessionError,
  type TimeoutError,
} from '../errors.ts'
import { tooSlow } from './open-socket.ts'
import type { Phase } from './phase-limit.ts'
import type { WireRequest } from './transport.ts'

/** A request as an error may show it. */
export function summarize(request: WireRequest): RequestSummary {
  return { method: request.method, url: request.target.href }
}

/** Tells an error of the connection's opening, which knows no request, which one it was made for. */
export function withRequest<T extends SessionError>(error: T, request: WireRequest): T {
  error.request ??= summarize(request)
  return error
}

/** The limit of a phase has run out. */
export function phaseOver(phase: Phase, request: WireRequest): TimeoutError {
  switch (phase) {
    case 'pool':
      return poolTimeout(request)
    case 'connect':
      return withRequest(tooSlow(request.target, request.timeouts.connect, request.proxy?.shown), request)
    case 'headers':
      return headersTimeout(request)
    case 'body':
      return bodyTimeout(request)
    default:
      return phase satisfies never
  }
}

function poolTimeout(request: WireRequest): PoolTimeout {
  const timeoutMs = request.timeouts.pool
  return new PoolTimeout(
    `No connection to ${request.target.origin} came free within ${timeoutMs} ms (timeoutMs.pool): raise pool.connections, or ask less at a time`,
    { code: 'POOL_TIMEOUT', timeoutMs, request: summarize(request) },
  )
}

/** No response in time. */
export function headersTimeout(request: WireRequest, cause?: unknown): HeadersTimeout {
  const timeoutMs = request.timeouts.headers
  const { method, url } = summarize(request)
  return new HeadersTimeout(`${method} ${url}: no response within ${timeoutMs} ms (timeoutMs.headers)`, {
    code: 'HEADERS_TIMEOUT',
    timeoutMs,
    request: summarize(request),
    cause,
  })
}

/** A pause in the body. */
export function bodyTimeout(request: WireRequest, cause?: unknown): BodyTimeout {
  const timeoutMs = request.timeouts.body
  return new BodyTimeout(`The body of ${request.target.href} paused for more than ${timeoutMs} ms (timeoutMs.body)`, {
    code: 'BODY_TIMEOUT',
    timeoutMs,
    request: summarize(request),
    cause,
  })
}

/** More than `maxResponseBytes`. */
export function bodyTooLarge(request: WireRequest): BodyError {
  return new BodyError(
    `The response of ${request.target.href} has more than ${request.maxResponseBytes} bytes: raise maxResponseBytes or ask for less`,
    { code: 'BODY_TOO_LARGE', request: summarize(request) },
  )
}

/** It failed while it was sent. */
export function bodyNotSent(request: WireRequest, cause: Error): BodyError {
  const { method, url } = summarize(request)
  return new BodyError(`${method} ${url}: the body failed while it was sent: ${cause.message}`, {
    code: 'BODY_UPLOAD',
    request: summarize(request),
    cause,
  })
}

/** Read after it was discarded. */
export function bodyDropped(request: WireRequest): BodyError {
  return new BodyError('The body was given up before it was read: read it before discarding the response', {
    code: 'BODY_DROPPED',
    request: summarize(request),
  })
}

/** Begun, and then not read on while others waited. */
export function bodyLeft(request: WireRequest, limitMs: number): BodyError {
  return new BodyError(
    `The body of ${request.target.href} was begun and not read on for more than ${limitMs} ms (timeoutMs.body) while others waited for its connection, or close() did: read it to its end or cancel it`,
    { code: 'BODY_UNREAD', request: summarize(request) },
  )
}

/** Not read while others waited. */
export function bodyUnread(request: WireRequest): BodyError {
  return new BodyError(
    `The body of ${request.target.href} was not read while others waited for its connection, and is too large to keep or has no end: read or discard() a response before waiting for something else`,
    { code: 'BODY_UNREAD', request: summarize(request) },
  )
}
