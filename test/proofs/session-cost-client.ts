import { Agent, get as httpGet } from 'node:http'
import axios from 'axios'
import got from 'got'
import ky from 'ky'
import { Pool, Agent as UndiciAgent, fetch as undiciFetch } from 'undici'
import { Session } from '../../src/session/index.ts'

// One client in a process of its own: told which, it warms up and then measures blocks when asked. Clients that share a
// process share a JIT, and cost several times as much.

/** What the parent asks for. */
export type Ask = { readonly kind: 'block'; readonly ms: number }

/** What one block yields. */
export type Block = { readonly requests: number; readonly wallMs: number; readonly cpuUs: number }

const CONCURRENCY = 50

const [, , arm = '', url = ''] = process.argv

/** Each makes one GET and reads the body as bytes. */
const CLIENTS: Readonly<Record<string, () => () => Promise<unknown>>> = {
  undici() {
    const pool = new Pool(new URL(url).origin, { connections: CONCURRENCY })
    const path = new URL(url).pathname
    return async () => (await pool.request({ path, method: 'GET' })).body.bytes()
  },
  session() {
    const session = new Session({ pool: { connections: CONCURRENCY } })
    return async () => (await session.get(url)).bytes()
  },
  'session-bare'() {
    const headers = { 'User-Agent': null, Accept: null, 'Accept-Encoding': null }
    const session = new Session({ pool: { connections: CONCURRENCY }, headers })
    return async () => (await session.get(url)).bytes()
  },
  'session-cookies'() {
    const session = new Session({ pool: { connections: CONCURRENCY } })
    for (let n = 0; n < 10; n += 1) session.cookies.set(`cookie${n}`, `value-${n}`, { url })
    const withCookies = new URL('/cookies', url).href
    return async () => (await session.get(withCookies)).bytes()
  },
  'session-signal'() {
    const session = new Session({ pool: { connections: CONCURRENCY } })
    const { signal } = new AbortController()
    return async () => (await session.get(url, { signal })).bytes()
  },
  'session-fetch'() {
    const session = new Session({ pool: { connections: CONCURRENCY } })
    return async () => (await session.fetch(url)).arrayBuffer()
  },
  fetch() {
    const dispatcher = new UndiciAgent({ connections: CONCURRENCY })
    return async () => (await undiciFetch(url, { dispatcher })).arrayBuffer()
  },
  'node:http'() {
    const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY })
    return () =>
      new Promise((resolve, reject) => {
        httpGet(url, { agent }, (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => resolve(Buffer.concat(chunks)))
        }).on('error', reject)
      })
  },
  got() {
    const agent = { http: new Agent({ keepAlive: true, maxSockets: CONCURRENCY }) }
    const client = got.extend({ agent, retry: { limit: 0 } })
    return () => client(url).buffer()
  },
  axios() {
    const client = axios.create({
      httpAgent: new Agent({ keepAlive: true, maxSockets: CONCURRENCY }),
      responseType: 'arraybuffer',
      proxy: false,
    })
    return async () => (await client.get(url)).data
  },
  ky() {
    return async () => (await ky(url, { retry: 0 })).arrayBuffer()
  },
}

async function measure(send: () => Promise<unknown>, ms: number): Promise<Block> {
  let requests = 0
  const cpu = process.cpuUsage()
  const startedAt = performance.now()
  const loop = async () => {
    while (performance.now() - startedAt < ms) {
      await send()
      requests += 1
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, loop))
  const wallMs = performance.now() - startedAt
  const { user, system } = process.cpuUsage(cpu)
  return { requests, wallMs, cpuUs: user + system }
}

const send = CLIENTS[arm]?.()
if (send === undefined) throw new Error(`no client named ${arm}: ${Object.keys(CLIENTS).join(', ')}`)
process.on('message', async ({ ms }: Ask) => process.send?.(await measure(send, ms)))
process.on('disconnect', () => process.exit())
