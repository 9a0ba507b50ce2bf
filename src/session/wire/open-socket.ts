import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls'
import { ConnectTimeout } from '../errors.ts'

/** Certificates and verification, as `node:tls` takes them. */
export type TlsOptions = {
  readonly ca: string | Buffer | readonly (string | Buffer)[] | undefined
  readonly cert: string | Buffer | undefined
  readonly key: string | Buffer | undefined
  readonly passphrase: string | undefined
  readonly verify: boolean
  readonly allowH2: boolean
}

/** Where a socket goes. */
export type Endpoint = { readonly hostname: string; readonly port: number; readonly secure: boolean }

/** Remembers TLS sessions of one server, so that a further connection resumes instead of shaking hands in full. */
export type TicketStore = { ticket: Buffer | undefined }

/** What the opening of a socket needs besides the endpoint. */
export type OpenOptions = {
  readonly tls: TlsOptions
  readonly connectTimeoutMs: number
  /** Absent: full handshake, nothing kept. */
  readonly tickets?: TicketStore
  /** Told of the socket as soon as it exists, so that it can be destroyed before it is open. */
  readonly onSocket: (socket: Socket) => void
}

/** Opens TCP, and TLS on it when the endpoint is secure. @throws ConnectTimeout, or the network's own error */
export function openSocket(endpoint: Endpoint, options: OpenOptions): Promise<Socket> {
  const socket = endpoint.secure ? startTls(endpoint, options) : startTcp(endpoint)
  options.onSocket(socket)
  return opened(socket, endpoint, options)
}

/** Resolves once the socket is open (TLS included), rejects when it fails or takes too long. */
export function opened(socket: Socket, endpoint: Endpoint, options: OpenOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const { connectTimeoutMs } = options
    const timer =
      connectTimeoutMs > 0
        ? setTimeout(() => socket.destroy(tooSlow(endpoint, connectTimeoutMs)), connectTimeoutMs)
        : undefined
    socket.once(endpoint.secure ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer)
      resolve(socket)
    })
    // Stays for the socket's life: between two requests nobody else listens, and an unheard error ends the process.
    socket.on('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    socket.once('close', () => {
      clearTimeout(timer)
      reject(Object.assign(new Error('closed while connecting'), { code: 'ECONNRESET' }))
    })
  })
}

function startTcp({ hostname, port }: Endpoint): Socket {
  return connectTcp({ host: hostname, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 })
}

/** Starts TLS to the endpoint, on a connection of its own or through the given one. */
export function startTls({ hostname, port }: Endpoint, { tls, tickets }: OpenOptions, through?: Socket): TLSSocket {
  const socket = connectTls({
    host: hostname,
    port,
    ...(through === undefined ? {} : { socket: through }),
    // RFC 6066: without the dot that marks a full name.
    servername: isIP(hostname) === 0 ? hostname.replace(/\.$/, '') : '',
    secureContext: secureContextOf(tls),
    // Said outright, so that NODE_TLS_REJECT_UNAUTHORIZED changes neither answer.
    rejectUnauthorized: tls.verify,
    ALPNProtocols: tls.allowH2 ? ['h2', 'http/1.1'] : ['http/1.1'],
    ...(tickets?.ticket === undefined ? {} : { session: tickets.ticket }),
  })
  if (through === undefined) {
    // As options both are ignored by older versions of Node.
    socket.setNoDelay(true)
    socket.setKeepAlive(true, 60_000)
  }
  if (tickets !== undefined)
    socket.on('session', (ticket) => {
      tickets.ticket = ticket
    })
  return socket
}

// A secure context is configuration, not state: it holds parsed certificates and no ticket. Parsing them again for each
// stateless call (41 ms for the system's bundle in Python) would be charged to the handshake, which is not its cause.
const contexts: { readonly tls: TlsOptions; readonly context: SecureContext }[] = []
const MAX_CONTEXTS = 16

/** The context of these certificates; they are checked when it has to be made. @throws what `check` throws, or OpenSSL's error */
export function secureContextOf(tls: TlsOptions, check?: () => void): SecureContext {
  const known = contexts.find((entry) => sameCertificates(entry.tls, tls))
  if (known !== undefined) return known.context
  check?.()
  const { ca, cert, key, passphrase } = tls
  const context = createSecureContext({
    ...(ca === undefined ? {} : { ca: ca as string }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(passphrase === undefined ? {} : { passphrase }),
  })
  if (contexts.length >= MAX_CONTEXTS) contexts.shift()
  contexts.push({ tls, context })
  return context
}

function sameCertificates(one: TlsOptions, other: TlsOptions): boolean {
  return one.ca === other.ca && one.cert === other.cert && one.key === other.key && one.passphrase === other.passphrase
}

/** The error for a connection that takes too long, through a proxy or not. */
export function tooSlow({ hostname, port }: Endpoint, timeoutMs: number, proxy?: string): ConnectTimeout {
  const through = proxy === undefined ? '' : ` through the proxy ${proxy}`
  return new ConnectTimeout(
    `No connection to ${hostname}:${port}${through} within ${timeoutMs} ms (timeoutMs.connect): check host, port and firewall`,
    { code: 'CONNECT_TIMEOUT', timeoutMs },
  )
}
