import { STATUS_CODES } from 'node:http'
import { mayHaveBody, type Reply, replyFields } from '../application/reply.ts'
import type { LaneHead } from './read-head.ts'

/** A reply as bytes, and where in them the date stands. */
export interface EncodedReply {
  readonly bytes: Buffer
  readonly dateAt: number
}

interface EncodeOptions {
  readonly date: string
  readonly idleTimeoutMs: number
}

/** Puts a reply on the wire as node:http would, with the same fields. */
export function encodeReply(head: LaneHead, reply: Reply, options: EncodeOptions): EncodedReply {
  const statusLine = `HTTP/1.1 ${reply.status} ${STATUS_CODES[reply.status] ?? 'Unknown'}\r\n`
  const fields = replyFields(head, reply)
  let text = `${statusLine}Date: ${options.date}\r\n`
  for (let i = 0; i < fields.length; i += 2) text += `${fields[i]}: ${fields[i + 1]}\r\n`
  text += head.keepsAlive
    ? `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(options.idleTimeoutMs / 1_000)}\r\n\r\n`
    : 'Connection: close\r\n\r\n'
  const body = head.method === 'HEAD' || !mayHaveBody(reply.status) ? undefined : (reply.body as Buffer)
  const bytes = Buffer.allocUnsafe(text.length + (body?.length ?? 0))
  bytes.write(text, 0, 'latin1')
  body?.copy(bytes, text.length)
  return { bytes, dateAt: statusLine.length + 'Date: '.length }
}
