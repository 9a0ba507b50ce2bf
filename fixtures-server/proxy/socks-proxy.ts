import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { type Bound, listen } from '../listen.ts'
import { ByteReader } from './byte-reader.ts'
import { ownTarget } from './own-target.ts'
import type { ProxyOptions, RunningProxy } from './proxy.ts'
import { ProxyLedger } from './proxy-ledger.ts'

// RFC 1928 and, for user and password, RFC 1929.
const version = 5
const noAuthentication = 0
const userPassword = 2
const noneAcceptable = 0xff
const replies = { granted: 0, notAllowed: 2, refused: 5, commandUnknown: 7, addressUnknown: 8 } as const
const connectCommand = 1
const addressTypes = { ipv4: 1, name: 3, ipv6: 4 } as const

// A client that does not get on with its handshake, or does so byte by byte, must not hold a connection for ever.
const handshakeTimeoutMs = 10_000

/** Opens a SOCKS5 proxy: CONNECT, to this server's own listeners only. */
export async function openSocksProxy(options: ProxyOptions): Promise<RunningProxy> {
  const ledger = new ProxyLedger()
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    ledger.accept(socket)
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    serve(socket, options, ledger).catch(() => socket.destroy())
  })
  const { port } = await listen(server, options)
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    })
  return { port, ledger, close }
}

async function serve(socket: Socket, options: ProxyOptions, ledger: ProxyLedger): Promise<void> {
  const deadline = setTimeout(() => socket.destroy(), handshakeTimeoutMs)
  const stopDeadline = () => clearTimeout(deadline)
  socket.once('close', stopDeadline)
  const reader = new ByteReader(socket)
  if (!(await authenticate(socket, reader, options))) {
    ledger.count('refusedCredentials')
    return void socket.end()
  }
  const asked = await readTarget(reader)
  if (typeof asked === 'number') {
    ledger.count('failed')
    return void socket.end(replyWith(asked))
  }
  const target = ownTarget(options, asked)
  if (!target) {
    ledger.count('refusedTargets')
    return void socket.end(replyWith(replies.notAllowed))
  }
  const upstream = connect({ host: target.address, port: target.port, allowHalfOpen: true, noDelay: true })
  try {
    await once(upstream, 'connect')
  } catch {
    ledger.count('failed')
    return void socket.end(replyWith(replies.refused))
  }
  ledger.count('connectionsMade')
  ledger.count('tunnels')
  stopDeadline()
  socket.off('close', stopDeadline)
  reader.release()
  socket.write(replyWith(replies.granted))
  // When one way breaks both ends go; each way ends by itself otherwise, so that half-closed connections live on.
  await Promise.all([pipeline(socket, upstream), pipeline(upstream, socket)]).catch(() => upstream.destroy())
}

async function authenticate(socket: Socket, reader: ByteReader, { credentials }: ProxyOptions): Promise<boolean> {
  const [theirs, count = 0] = await reader.read(2)
  const methods = await reader.read(count)
  const wanted = credentials ? userPassword : noAuthentication
  if (theirs !== version || !methods.includes(wanted)) {
    socket.write(Buffer.from([version, noneAcceptable]))
    return false
  }
  socket.write(Buffer.from([version, wanted]))
  if (!credentials) return true
  await reader.read(1)
  const user = await reader.readText()
  const password = await reader.readText()
  const accepted = user === credentials.user && password === credentials.password
  socket.write(Buffer.from([1, accepted ? 0 : 1]))
  return accepted
}

async function readTarget(reader: ByteReader): Promise<Bound | number> {
  const [, command, , type] = await reader.read(4)
  const address = await readAddress(reader, type)
  if (address === undefined) return replies.addressUnknown
  const port = (await reader.read(2)).readUInt16BE()
  return command === connectCommand ? { address, port } : replies.commandUnknown
}

async function readAddress(reader: ByteReader, type: number | undefined): Promise<string | undefined> {
  switch (type) {
    case addressTypes.ipv4:
      return [...(await reader.read(4))].join('.')
    case addressTypes.name:
      return reader.readText()
    case addressTypes.ipv6: {
      const groups = (await reader.read(16)).toString('hex').match(/.{4}/g)?.join(':') ?? ''
      return new URL(`http://[${groups}]`).hostname
    }
    default:
      return undefined
  }
}

// The bound address of a reply is of no use to anybody here.
function replyWith(code: number): Buffer {
  return Buffer.from([version, code, 0, addressTypes.ipv4, 0, 0, 0, 0, 0, 0])
}
