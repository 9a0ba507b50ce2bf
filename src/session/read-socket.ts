import type { Socket } from 'node:net'

/** Reads exactly so many bytes; what comes after them stays in the socket. @throws the socket's error, or ECONNRESET at its end */
export async function readBytes(socket: Socket, count: number): Promise<Buffer> {
  for (;;) {
    const bytes = socket.read(count) as Buffer | null
    if (bytes !== null && bytes.length === count) return bytes
    await readable(socket)
  }
}

/** Reads up to and with an empty line; what comes after stays in the socket. */
export async function readHead(socket: Socket, limitBytes: number): Promise<string> {
  let head = Buffer.alloc(0)
  for (;;) {
    const chunk = socket.read() as Buffer | null
    if (chunk === null) {
      await readable(socket)
      continue
    }
    head = Buffer.concat([head, chunk])
    const end = head.indexOf('\r\n\r\n')
    if (end >= 0) {
      if (head.length > end + 4) socket.unshift(head.subarray(end + 4))
      return head.subarray(0, end + 4).toString('latin1')
    }
    if (head.length > limitBytes) throw Object.assign(new Error('The answer has no end'), { code: 'EPROTO' })
  }
}

function readable(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error) => {
      socket.off('readable', onReadable).off('end', onEnd).off('close', onEnd).off('error', settle)
      if (error === undefined) resolve()
      else reject(error)
    }
    const onReadable = () => settle()
    const onEnd = () => settle(socket.errored ?? Object.assign(new Error('closed'), { code: 'ECONNRESET' }))
    if (socket.destroyed) onEnd()
    else socket.on('readable', onReadable).on('end', onEnd).on('close', onEnd).on('error', settle)
  })
}
