import type { Socket } from 'node:net'

/** Reads exactly so many bytes; what comes after them stays in the socket. @throws the socket's error, or ECONNRESET at its end */
export function readBytes(socket: Socket, count: number): Promise<Buffer> {
  return readUntil(socket, (bytes) => (bytes.length < count ? undefined : count))
}

/** Reads up to and with an empty line; what comes after stays in the socket. Null when none comes within the limit. */
export async function readHead(socket: Socket, limitBytes: number): Promise<string | null> {
  const head = await readUntil(socket, (bytes) => {
    const end = bytes.subarray(0, limitBytes).indexOf('\r\n\r\n')
    if (end >= 0) return end + 4
    return bytes.length < limitBytes ? undefined : limitBytes
  })
  const text = head.toString('latin1')
  return text.endsWith('\r\n\r\n') ? text : null
}

/** Waits for work beside the socket. @throws the work's error, or the socket's when that comes first */
export async function whileOpen<T>(socket: Socket, work: Promise<T>): Promise<T> {
  let stop = () => {}
  const closed = new Promise<never>((_resolve, reject) => {
    const onClose = () => reject(endOf(socket))
    if (socket.destroyed) onClose()
    else socket.on('close', onClose)
    stop = () => socket.off('close', onClose)
  })
  try {
    return await Promise.race([work, closed])
  } finally {
    stop()
  }
}

// Takes everything that is there before it waits: with bytes left inside, Node tells of them again before it reads on.
async function readUntil(socket: Socket, findEnd: (bytes: Buffer) => number | undefined): Promise<Buffer> {
  let bytes = Buffer.alloc(0)
  for (;;) {
    const piece = socket.read() as Buffer | null
    if (piece === null) {
      await readable(socket)
      continue
    }
    bytes = Buffer.concat([bytes, piece])
    const end = findEnd(bytes)
    if (end === undefined) continue
    if (bytes.length > end) socket.unshift(bytes.subarray(end))
    return bytes.subarray(0, end)
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
    const onEnd = () => settle(endOf(socket))
    if (socket.destroyed || socket.readableEnded) onEnd()
    else socket.on('readable', onReadable).on('end', onEnd).on('close', onEnd).on('error', settle)
  })
}

function endOf(socket: Socket): Error {
  return socket.errored ?? Object.assign(new Error('closed'), { code: 'ECONNRESET' })
}
