import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'

/**
 * Tells of each stream that undici opens on an HTTP/2 socket: it shows its handlers neither session nor stream. The session is
 * found by what it can do, not by the name that it has on the socket.
 */
export function watchStreams(socket: Socket, onStream: (stream: ClientHttp2Stream) => void): void {
  const held = Object.getOwnPropertySymbols(socket).map((key) => (socket as unknown as Record<symbol, unknown>)[key])
  const session = held.find(isSession)
  if (session === undefined) return
  const open = session.request
  session.request = (...request: Parameters<ClientHttp2Session['request']>) => {
    const stream = open.apply(session, request)
    onStream(stream)
    return stream
  }
}

function isSession(held: unknown): held is ClientHttp2Session {
  const { request, goaway } = (held ?? {}) as Partial<ClientHttp2Session>
  return typeof request === 'function' && typeof goaway === 'function'
}
