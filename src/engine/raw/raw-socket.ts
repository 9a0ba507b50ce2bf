import { connect as connectTcp, type NetConnectOpts, type Socket, type TcpNetConnectOpts } from 'node:net'
import { type ConnectionOptions, connect as connectTls, createSecureContext } from 'node:tls'

/** Where connections go, and what they are told. */
interface RawTarget {
  readonly host: string
  readonly port: number
  /** Absent: plain TCP. */
  readonly tls?: Pick<ConnectionOptions, 'servername' | 'ca' | 'rejectUnauthorized'> & {
    /** Later connections resume the session of earlier ones. */
    readonly resumes: boolean
  }
}

/** Hears of a connection; nothing more after `onClose`. */
interface SocketListener {
  /** It may be written to. */
  onOpen(): void
  /** The first `length` bytes are new; they are written over by what comes next, on any connection. */
  onRead(bytes: Buffer, length: number): void
  /** The other side sends nothing more. */
  onEnd(): void
  /** It has ended, by itself or for an error. */
  onClose(error: Error | undefined): void
}

export type Connect = (listener: SocketListener) => Socket

const readBytes = 64 * 1_024

/** Opens connections that all read into one buffer: nothing is made for what is read. */
export function makeConnector({ host, port, tls }: RawTarget): Connect {
  const buffer = Buffer.allocUnsafeSlow(readBytes)
  let session: Buffer | undefined
  // Made once: to read certificates again for each connection would be charged to the handshake.
  const secureContext = tls && createSecureContext({ ca: tls.ca })
  const open = (onread: NonNullable<TcpNetConnectOpts['onread']>): Socket => {
    const tcp: TcpNetConnectOpts & NetConnectOpts = { host, port, noDelay: true, onread }
    if (tls === undefined) return connectTcp(tcp)
    const { resumes, ca: _, ...asked } = tls
    const options = {
      ...tcp,
      ...asked,
      secureContext,
      ALPNProtocols: ['http/1.1'],
      ...(resumes && session && { session }),
    }
    const secure = connectTls(options as ConnectionOptions)
    // As an option it is ignored by older versions of Node.
    secure.setNoDelay(true)
    if (resumes) {
      secure.on('session', (ticket: Buffer) => {
        session = ticket
      })
    }
    return secure
  }
  return ({ onOpen, onRead, onEnd, onClose }) => {
    const callback = (length: number) => {
      onRead(buffer, length)
      return true
    }
    const socket = open({ buffer, callback })
    let failure: Error | undefined
    socket.on('error', (error) => {
      failure = error
    })
    socket.once(tls === undefined ? 'connect' : 'secureConnect', onOpen)
    socket.once('end', onEnd)
    socket.once('close', () => onClose(failure))
    return socket
  }
}
