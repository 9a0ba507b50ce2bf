import { getEventListeners } from 'node:events'
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import { Session, type SessionOptions } from '../../../src/session/index.ts'
import { serveProxy, serveSocks } from './proxy-servers.ts'
import { listen, makeIdentity, serveHttp, serveHttps, until } from './test-servers.ts'

// A process of its own, where nobody else has timers and sockets. Prints what each way to a server has left behind.

type Kinds = Readonly<Record<string, number>>

/** What the event loop is kept alive by, and who listens to the process; our own turns and output are not meant. */
function count(): Kinds {
  const kinds: Record<string, number> = {}
  for (const kind of process.getActiveResourcesInfo()) kinds[kind] = (kinds[kind] ?? 0) + 1
  const { Immediate: _turns, PipeWrap: _output, ...others } = kinds
  for (const name of process.eventNames()) others[`on ${String(name)}`] = process.listenerCount(name)
  return others
}

function serve(
  request: { readonly url?: string | undefined; readonly socket: unknown },
  reply: Http2ServerResponse,
): void {
  if (request.url === '/never') return
  if (request.url === '/reset') reply.stream?.close(2) ?? (request.socket as { destroy(): void }).destroy()
  else if (request.url === '/large') reply.end(Buffer.alloc(3_000_000))
  else reply.end('ok')
}

const reply = serve as never
const identity = await makeIdentity('localhost')
const plain = await serveHttp(reply)
const secure = await serveHttps(reply, identity)
const h2Server = createSecureServer(identity, (request: Http2ServerRequest, response: Http2ServerResponse) =>
  serve(request, response),
)
h2Server.on('sessionError', () => {})
const h2 = await listen(h2Server as never, 'https')
const proxy = await serveProxy()
const socks = await serveSocks()

const ways: Readonly<Record<string, SessionOptions>> = {
  'http/1.1': { baseUrl: plain.url },
  pipelined: { baseUrl: plain.url, pool: { connections: 2, pipelining: 4 } },
  tls: { baseUrl: secure.url },
  h2: { baseUrl: h2.url, allowH2: true },
  forward: { baseUrl: plain.url, proxies: proxy.url },
  connect: { baseUrl: secure.url, proxies: proxy.url },
  socks: { baseUrl: plain.url, proxies: `socks5h://127.0.0.1:${socks.port}` },
}

/** Limits that have a timer each, and would outlast the test. */
const timeoutMs = { connect: 9_000, headers: 9_000, body: 9_000, pool: 9_000, total: 600_000 }

async function use(options: SessionOptions, ending: 'close' | 'destroy'): Promise<readonly string[]> {
  const stop = new AbortController()
  const kept = new AbortController()
  const halfRead: ReadableStreamDefaultReader<Uint8Array>[] = []
  const session = new Session({ ...options, verify: false, timeoutMs })
  const never = ['/never', '/never'].map((path) => session.get(path, { signal: stop.signal }))
  const calls = ['/ok', '/reset', '/large', '/ok', '/large'].map(async (path, index) => {
    const response = await session.get(path, { signal: kept.signal })
    const reader = response.stream().getReader()
    await reader.read()
    if (index < 4) await reader.cancel()
    else halfRead.push(reader)
  })
  const settled = Promise.allSettled([...never, ...calls])
  // With none answered, that is said at the end.
  await Promise.any(calls).catch(() => {})
  stop.abort(new Error('enough'))
  const outcomes = await settled
  for (let call = 0; call < (ending === 'close' ? 2_000 : 0); call += 50)
    await Promise.allSettled(Array.from({ length: 50 }, () => session.get('/ok', { signal: kept.signal }).text()))
  // close() waits for a reader that is half way.
  if (ending === 'close') for (const reader of halfRead) await reader.cancel()
  await session[ending]()
  return [
    ...(outcomes.some(({ status }) => status === 'fulfilled') ? [] : ['no call was answered']),
    ...[stop, kept].flatMap(({ signal }) => getEventListeners(signal, 'abort').map(() => 'a listener on a signal')),
  ]
}

const before = count()
const sockets = () => plain.open + secure.open + h2.open + proxy.open + socks.open
for (const [way, options] of Object.entries(ways)) {
  const left = [...(await use(options, 'close')), ...(await use(options, 'destroy'))]
  await until(() => sockets() === 0)
  // The ends of sockets that have closed are told a turn later.
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  const more = Object.entries(count()).filter(([kind, number]) => number > (before[kind] ?? 0))
  console.log(`${way}: ${JSON.stringify([...left, ...more.map(([kind, number]) => `${number} ${kind}`)])}`)
}
process.exit()
