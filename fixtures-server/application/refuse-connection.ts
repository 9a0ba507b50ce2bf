import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { entryOf } from '../listener-ledger.ts'
import { type Reply, refusal, replyFields } from './reply.ts'

interface Refusal {
  readonly status: number
  readonly text: string
  readonly reason: string
}

/** Answers a connection whose bytes are no HTTP request with a 4xx and its reason, then closes it. */
export function refuseConnection(error: NodeJS.ErrnoException & { reason?: string }, socket: Socket): void {
  // Not a bad request but a connection that broke: nobody is left to answer.
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const { status, text, reason } = refusalFor(error)
  const { ledger } = entryOf(socket)
  ledger.refused.count++
  if (replyUnderWay(socket)) return void socket.destroy()
  ledger.replyCounter('(refused)', status).count++
  socket.end(encodeRefusal(status, text, refusal(status, reason, [['Connection', 'close']])), () => socket.destroy())
}

const hostLength = 'host'.length
const transferEncodingLength = 'transfer-encoding'.length

/**
 * What is wrong with a request that node:http lets pass although RFC 9112 (§3.2, §6.1) wants it refused, because
 * others on the way may read it differently.
 */
export function faultIn({ httpVersionMajor, rawHeaders }: IncomingMessage): string | undefined {
  if (httpVersionMajor !== 1) return 'the protocol version is neither HTTP/1.0 nor HTTP/1.1'
  let hosts = 0
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const { length } = rawHeaders[i] as string
    if (length !== hostLength && length !== transferEncodingLength) continue
    const name = (rawHeaders[i] as string).toLowerCase()
    if (name === 'host' && ++hosts > 1) return 'there is more than one Host'
    if (name !== 'transfer-encoding') continue
    if ((rawHeaders[i + 1] as string).toLowerCase() !== 'chunked')
      return 'the only Transfer-Encoding understood is chunked'
  }
  return undefined
}

/** Refuses a request that node:http has let pass. */
export function refuseRequest(response: ServerResponse, reason: string): void {
  const reply = refusal(400, reason, [['Connection', 'close']])
  entryOf(response.req.socket).ledger.countRefused(400)
  response.writeHead(400, replyFields({ method: 'GET', rawHeaders: [] }, reply)).end(reply.body)
}

/** A refusal as bytes, for a connection that has no response object. */
export function encodeRefusal(status: number, text: string, reply: Reply): Buffer {
  const fields = replyFields({ method: 'GET', rawHeaders: [] }, reply)
  let head = `HTTP/1.1 ${status} ${text}\r\n`
  for (let i = 0; i < fields.length; i += 2) head += `${fields[i]}: ${fields[i + 1]}\r\n`
  return Buffer.from(`${head}\r\n${reply.body}`)
}

function refusalFor(error: NodeJS.ErrnoException & { reason?: string }): Refusal {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return { status: 431, text: 'Request Header Fields Too Large', reason: 'the request head is too large' }
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return { status: 413, text: 'Payload Too Large', reason: 'the chunk extensions are too large' }
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, text: 'Request Timeout', reason: 'the request took too long to arrive' }
    default:
      return { status: 400, text: 'Bad Request', reason: error.reason ?? error.message }
  }
}

// node:http keeps the response that is next on its socket; its own clientError default looks there too. Bytes of ours in
// the middle of that response, or instead of the reply to an earlier good request, would be taken for it.
function replyUnderWay(socket: Socket): boolean {
  const response = (socket as Socket & { _httpMessage?: ServerResponse })._httpMessage
  return response != null && (response.headersSent || response.req.complete)
}
