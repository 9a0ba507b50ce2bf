import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { isLoopback } from './is-loopback.ts'

/** Why a request to the control port is not obeyed. */
export interface DoorRefusal {
  readonly status: 401 | 403 | 415
  readonly reason: string
}

/**
 * Whether the control port may obey a request, `undefined` when it may. Any page in a browser of this machine can send
 * requests to it: under a name of its own that leads here (then Host gives it away), as a form or an image (then Origin,
 * Sec-Fetch-Site or the content type does), and anything else only after a question (OPTIONS) that is refused.
 */
export function refusalAtDoor(request: IncomingMessage, token: string | undefined): DoorRefusal | undefined {
  const { headers, method, socket } = request
  const hosts = request.headersDistinct.host ?? []
  if (hosts.length !== 1 || !isOwnName(hosts[0] as string, socket.localPort as number)) {
    return { status: 403, reason: `Host must be localhost or a loopback address with port ${socket.localPort}` }
  }
  const site = headers['sec-fetch-site']
  if (headers.origin !== undefined || (site !== undefined && site !== 'none')) {
    return { status: 403, reason: 'pages in a browser may not use the control port' }
  }
  if (token !== undefined && !hasToken(headers.authorization, token)) {
    return { status: 401, reason: 'the control token is wanted: Authorization: Bearer TOKEN' }
  }
  if (method === 'POST' && mediaTypeOf(headers['content-type']) !== 'application/json') {
    return { status: 415, reason: 'a POST must have Content-Type: application/json' }
  }
  return undefined
}

function isOwnName(host: string, port: number): boolean {
  const [, name = '', theirPort = '80'] = /^(\[[\da-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?$/i.exec(host) ?? []
  return Number(theirPort) === port && isLoopback(name)
}

// Of equal length whatever was sent, so that the time of the comparison tells nothing.
function hasToken(field: string | undefined, token: string): boolean {
  const given = /^Bearer +(\S+)$/i.exec(field ?? '')?.[1] ?? ''
  return timingSafeEqual(digest(given), digest(token))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function mediaTypeOf(contentType: string | undefined): string | undefined {
  return contentType?.split(';')[0]?.trim().toLowerCase()
}
