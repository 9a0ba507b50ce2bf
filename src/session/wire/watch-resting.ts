import type { Socket } from 'node:net'

/**
 * Looks after an open socket that has carried nothing yet: undici watches only what it has been given, which is with the first
 * request. The socket is closed when the other side ends it or speaks unasked, and after the time that an idle one is kept;
 * it does not keep the process. The answer ends the watch, before the socket is used.
 */
export function watchResting(socket: Socket, limitMs: number): () => void {
  const close = () => void socket.destroy()
  socket.on('readable', close)
  const timer = setTimeout(close, limitMs).unref()
  socket.unref()
  const stop = () => {
    clearTimeout(timer)
    socket.off('readable', close).off('close', stop)
    socket.ref()
  }
  socket.once('close', stop)
  return stop
}
