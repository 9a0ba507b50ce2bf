import { createServer } from 'node:http'
import { connect, createServer as createTcp, type Socket } from 'node:net'
import { listen } from './test-servers.ts'

/** What a test proxy has seen. */
type Seen = { line: string; authorization: string | undefined }

/** A forward proxy for plain http (absolute form) and https (CONNECT); wants the credentials, when given. */
export async function serveProxy(credentials?: string) {
  const seen: Seen[] = []
  const expected = credentials === undefined ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`
  const server = createServer((request, reply) => {
    const authorization = request.headers['proxy-authorization']
    seen.push({ line: `${request.method} ${request.url}`, authorization })
    if (expected !== undefined && authorization !== expected) {
      reply.writeHead(407, { 'proxy-authenticate': 'Basic realm="proxy"' }).end()
      return
    }
    reply.setHeader('x-through', 'proxy')
    reply.end(JSON.stringify({ url: request.url, host: request.headers.host }))
  })
  server.on('connect', (request, socket: Socket) => {
    const authorization = request.headers['proxy-authorization']
    seen.push({ line: `CONNECT ${request.url}`, authorization })
    if (expected !== undefined && authorization !== expected) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
      return
    }
    const [host = '', port] = (request.url ?? '').split(':')
    if (host === 'forbidden.test') {
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n')
      return
    }
    join(socket, connect(Number(port), '127.0.0.1'), () => socket.write('HTTP/1.1 200 Connection established\r\n\r\n'))
  })
  return Object.assign(await listen(server), { seen })
}

/** A SOCKS5 proxy that takes everything to 127.0.0.1; wants the credentials, when given. */
export async function serveSocks(credentials?: { user: string; password: string }) {
  const asked: string[] = []
  const server = createTcp((socket) => {
    const steps: ((data: Buffer) => void)[] = []
    const request = (data: Buffer) => {
      const type = data[3]
      const end = type === 1 ? 8 : type === 4 ? 20 : 5 + (data[4] as number)
      const host =
        type === 1 ? [...data.subarray(4, 8)].join('.') : type === 3 ? data.subarray(5, end).toString() : 'v6'
      asked.push(`${host}:${data.readUInt16BE(end)}`)
      if (host === 'forbidden.test') {
        socket.end(Buffer.from([5, 2, 0, 1, 0, 0, 0, 0, 0, 0]))
        return
      }
      join(socket, connect(data.readUInt16BE(end), '127.0.0.1'), () =>
        socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0])),
      )
    }
    const login = (data: Buffer) => {
      const userEnd = 2 + (data[1] as number)
      const ok =
        data.subarray(2, userEnd).toString() === credentials?.user &&
        data.subarray(userEnd + 1).toString() === credentials?.password
      socket.write(Buffer.from([1, ok ? 0 : 1]))
      steps.push(request)
    }
    steps.push((data) => {
      const wanted = credentials === undefined ? 0 : 2
      const offered = data.subarray(2).includes(wanted)
      socket.write(Buffer.from([5, offered ? wanted : 0xff]))
      steps.push(credentials === undefined ? request : login)
    })
    socket.on('data', (data) => steps.shift()?.(data))
  })
  return Object.assign(await listen(server), { asked })
}

function join(socket: Socket, upstream: Socket, onConnect: () => void): void {
  upstream.on('error', () => socket.destroy())
  socket.on('error', () => upstream.destroy())
  upstream.on('connect', () => {
    onConnect()
    socket.removeAllListeners('data')
    socket.pipe(upstream).pipe(socket)
  })
}
