import { once } from 'node:events'
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FixtureServer, startFixtureServer } from '../../../fixtures-server/index.ts'

let server: FixtureServer

beforeAll(async () => {
  server = await startFixtureServer({ maxBodyBytes: 100_000 })
})
afterAll(() => server.close())

async function connect(): Promise<{ session: ClientHttp2Session; socket: TLSSocket }> {
  const { hostname: host, port } = new URL(server.urls.https)
  const socket = connectTls({ host, port: Number(port), ca: server.ca, ALPNProtocols: ['h2'] })
  await once(socket, 'secureConnect')
  const session = connectHttp2(server.urls.https, { createConnection: () => socket })
  session.on('error', () => {})
  return { session, socket }
}

async function ask(session: ClientHttp2Session, headers: Record<string, string>, body?: Buffer) {
  const stream = session.request(headers)
  stream.end(body)
  const [fields] = (await once(stream, 'response')) as [Record<string, string>]
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return { status: Number(fields[':status']), fields, body: Buffer.concat(chunks) }
}

async function close(session: ClientHttp2Session, socket: TLSSocket): Promise<void> {
  const closed = once(socket, 'close')
  session.close()
  await closed
}

test('the same routes answer over HTTP/2, and the ledger counts them as exactly', async () => {
  server.resetLedger()
  const { session, socket } = await connect()
  const got = await ask(session, { ':path': '/get?a=1', 'x-one': '1', origin: 'http://a' })
  const host = new URL(server.urls.https).host
  expect(JSON.parse(got.body.toString())).toEqual({
    args: { a: '1' },
    headers: { Host: host, Origin: 'http://a', 'X-One': '1' },
    origin: '127.0.0.1',
    url: `https://${host}/get?a=1`,
  })
  expect(got.fields['access-control-allow-origin']).toBe('http://a')
  const posted = await ask(
    session,
    { ':path': '/post', ':method': 'POST', 'content-type': 'text/plain' },
    Buffer.from('hi'),
  )
  expect(JSON.parse(posted.body.toString())).toMatchObject({ data: 'hi' })
  expect((await ask(session, { ':path': '/bytes/50000?seed=1' })).body.length).toBe(50_000)
  expect((await ask(session, { ':path': '/stream/3' })).body.toString().split('\n').length).toBe(4)
  expect((await ask(session, { ':path': '/status/418' })).status).toBe(418)
  expect((await ask(session, { ':path': '/cookies/set?a=1&b=2' })).fields['set-cookie']).toEqual([
    'a=1; Secure; Path=/',
    'b=2; Secure; Path=/',
  ])
  expect((await ask(session, { ':path': '/get', ':method': 'HEAD' })).body.length).toBe(0)
  expect((await ask(session, { ':path': '/post', ':method': 'POST' }, Buffer.alloc(200_000))).status).toBe(413)
  const many = Array.from({ length: 40 }, (_, i) => ask(session, { ':path': `/bytes/${i}` }))
  expect((await Promise.all(many)).map(({ body }) => body.length)).toEqual([...Array(40).keys()])
  await close(session, socket)
  while (server.ledger().listeners.https.connectionsOpen > 0) await new Promise(setImmediate)
  const counts = server.ledger().listeners.https
  expect(counts).toMatchObject({
    connectionsAccepted: 1,
    handshakesFull: 1,
    requests: 48,
    protocols: { 'HTTP/2': 48 },
    requestsPerConnection: { '33-64': 1 },
    bytesIn: socket.bytesWritten,
    bytesOut: socket.bytesRead,
  })
  expect(counts.bytesIn).toBeGreaterThan(0)
})

test('an idle HTTP/2 connection is closed and counted as idle', async () => {
  await using impatient = await startFixtureServer({ idleTimeoutMs: 50 })
  const session = connectHttp2(impatient.urls.https, { ca: impatient.ca })
  expect((await ask(session, { ':path': '/get' })).status).toBe(200)
  await once(session, 'close')
  while (impatient.ledger().listeners.https.connectionsOpen > 0) await new Promise(setImmediate)
  expect(impatient.ledger().listeners.https.connectionsClosedIdle).toBe(1)
})

test('closing the server lets a stream under way end', async () => {
  const other = await startFixtureServer()
  const session = connectHttp2(other.urls.https, { ca: other.ca })
  const slow = ask(session, { ':path': '/delay/0.2' })
  while (other.ledger().listeners.https.requests === 0) await new Promise(setImmediate)
  const closing = other.close()
  expect((await slow).status).toBe(200)
  await closing
})
