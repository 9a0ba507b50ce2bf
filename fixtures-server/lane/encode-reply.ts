import { STATUS_CODES } from 'node:http'
import { mayHaveBody, type Reply, replyFields } from '../application/reply.ts'
import type { LaneHead } from './read-head.ts'

/** A reply as bytes, with what of them changes from one sending to the next. */
export interface EncodedReply {
  readonly bytes: Buffer
  /** Where the date begins. */
  readonly dateAt: number
  /** Where the body begins. */
  readonly bodyAt: number
}

interface EncodeOptions {
  readonly date: string
  readonly idleTimeoutMs: number
}

/** Puts a reply on the wire as node:http would, with the same fields. */
export function encodeReply(head: LaneHead, reply: Reply, { date, idleTimeoutMs }: EncodeOptions): EncodedReply {
  const statusLine = `HTTP/1.1 ${reply.status} ${STATUS_CODES[reply.status] ?? 'Unknown'}\r\n`
  const fields = replyFields(head, reply)
  let text = `${statusLine}Date: ${date}\r\n`
  for (let i = 0; i < fields.length; i += 2) text += `${fields[i]}: ${fields[i + 1]}\r\n`
  text += head.keepsAlive
    ? `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(idleTimeoutMs / 1_000)}\r\n\r\n`
    : 'Connection: close\r\n\r\n'
  const fieldBytes = Buffer.from(text, 'latin1')
  const hasBody = head.method !== 'HEAD' && mayHaveBody(reply.status)
  const body = hasBody ? Buffer.from(reply.body as string | Buffer) : Buffer.alloc(0)
  const dateAt = statusLine.length + 'Date: '.length
  return { bytes: Buffer.concat([fieldBytes, body]), dateAt, bodyAt: fieldBytes.length }
}
