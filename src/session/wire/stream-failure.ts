import { ConnectionError } from '../errors.ts'
import { fieldsOf } from '../fields-of.ts'
import { summarize } from './exchange-errors.ts'
import type { WireRequest } from './transport.ts'

/** RFC 9113, 8.7: the server has not looked at the request. */
const REFUSED_STREAM = 7

const UNTAKEN = 'SESSION_UNTAKEN'

/** For a request on a session that the server ended (GOAWAY) before it looked at it. */
export function untakenError(): Error {
  return Object.assign(new Error('The server ended the session before it took the request'), { code: UNTAKEN })
}

/** The error of one HTTP/2 stream's own, or undefined when it is no such failure. */
export function streamFailure(error: Error, request: WireRequest): ConnectionError | undefined {
  const { code, http2ErrorCode } = fieldsOf(error)
  const what = `${request.method} ${request.target.href}`
  const known = { request: summarize(request), cause: error }
  // What undici cannot send again itself, because the body is a stream, fails with a word on GOAWAY.
  if (code === UNTAKEN || http2ErrorCode === REFUSED_STREAM || error.message.startsWith('HTTP/2: "GOAWAY"')) {
    return new ConnectionError(`${what}: the server was ending the connection and did not look at the request`, {
      code: 'CONNECTION_STALE',
      sent: false,
      ...known,
    })
  }
  if (code !== 'ERR_HTTP2_STREAM_ERROR' && !(code === 'UND_ERR_INFO' && error.message.startsWith('HTTP/2: '))) return
  return new ConnectionError(`${what}: the server reset the stream (${error.message})`, {
    code: 'CONNECTION_RESET',
    sent: true,
    ...known,
  })
}
