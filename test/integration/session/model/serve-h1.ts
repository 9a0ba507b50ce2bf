import type { Socket } from 'node:net'
import { answerH1 } from './answer-h1.ts'
import { type PeerRequest, readPath } from './behaviours.ts'

type Pending = { readonly request: PeerRequest; readonly takeBody: () => boolean }

/** Serves HTTP/1.1 on a socket: one request after the other, each told of before it is answered. */
export function serveH1(socket: Socket, onRequest: (request: PeerRequest) => PeerRequest): void {
  let buffered: Buffer = Buffer.alloc(0)
  let pending: Pending | undefined
  let busy = false

  const takeBytes = (count: number) => {
    buffered = buffered.subarray(count)
  }

  const readHead = (): Pending | undefined => {
    const end = buffered.indexOf('\r\n\r\n')
    if (end < 0) return undefined
    const head = buffered.subarray(0, end).toString('latin1')
    takeBytes(end + 4)
    const [, method = '', url = ''] = /^(\S+) (\S+)/.exec(head) ?? []
    const request = readPath(method, url)
    return { request, takeBody: request.behaviour === 'early' ? () => true : bodyTaker(head) }
  }

  /** Takes a body off what is buffered; true when that was all of it. */
  const bodyTaker = (head: string): (() => boolean) => {
    if (/^transfer-encoding: *chunked/im.test(head)) return takeChunks
    let left = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0)
    return () => {
      const taken = Math.min(left, buffered.length)
      takeBytes(taken)
      left -= taken
      return left === 0
    }
  }

  const takeChunks = (): boolean => {
    for (;;) {
      const end = buffered.indexOf('\r\n')
      if (end < 0) return false
      const size = Number.parseInt(buffered.subarray(0, end).toString(), 16)
      if (buffered.length < end + 2 + size + 2) return false
      takeBytes(end + 2 + size + 2)
      if (size === 0) return true
    }
  }

  const take = () => {
    while (!busy && !socket.destroyed) {
      pending ??= readHead()
      if (pending === undefined || !pending.takeBody()) return
      const { request } = pending
      pending = undefined
      busy = true
      answerH1(socket, onRequest(request), next)
    }
  }

  const next = () => {
    busy = false
    setImmediate(take)
  }

  socket.on('data', (chunk: Buffer) => {
    buffered = Buffer.concat([buffered, chunk])
    take()
  })
}
