// 100,000 requests over 1,000 connections, half of them TLS and a quarter over a link: every count of the ledger must
// equal what a client on bare sockets counts for itself. Run with `npm run prove:fixture-ledger`, about half a minute.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { LedgerSnapshot } from '../../fixtures-server/index.ts'
import { RawClient } from '../integration/fixtures-server/raw-client.ts'

const connections = 1_000
const requestsEach = 100
const atOnce = 50
// Measured by the lane, answered by node:http, refused, empty, large: a connection meets all of them.
const paths = [
  '/get',
  '/bytes/1024',
  '/bytes/10?seed=1',
  '/get?a=1',
  '/headers',
  '/status/404',
  '/status/204',
  '/bytes/50000',
]
const templates = [
  '/get',
  '/bytes/{n:int}',
  '/bytes/{n:int}',
  '/get',
  '/headers',
  '/status/{codes}',
  '/status/{codes}',
  '/bytes/{n:int}',
]

interface Own {
  connectionsAccepted: number
  handshakesFull: number
  handshakesResumed: number
  requests: number
  bytesIn: number
  bytesOut: number
  replies: Record<string, number>
}

const child = fork(fileURLToPath(new URL('../../fixtures-server/main.ts', import.meta.url)))
const [{ urls, ca }] = (await once(child, 'message')) as [{ urls: Record<string, string>; ca: string }]
const own: Record<'http' | 'https', Own> = { http: noCounts(), https: noCounts() }
const sessions: (Buffer | undefined)[] = []
const startedMs = performance.now()
try {
  const linked = { http: await openLink('http'), https: await openLink('https') }
  let next = 0
  const worker = async () => {
    for (let i = next++; i < connections; i = next++) {
      const listener = i % 2 === 0 ? 'http' : 'https'
      await runConnection(listener, i % 4 < 2 ? (urls[listener] as string) : linked[listener], i)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  const seconds = (performance.now() - startedMs) / 1_000
  console.log(`${connections * requestsEach} requests over ${connections} connections in ${seconds.toFixed(1)} s`)
  process.exitCode = compare(await quietLedger()) ? 0 : 1
} finally {
  child.disconnect()
}

async function openLink(listener: string): Promise<string> {
  const opened = await fetch(`${urls.control}/links`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ listener, rttMs: 0.5 }),
  })
  return ((await opened.json()) as { url: string }).url
}

async function runConnection(listener: 'http' | 'https', url: string, index: number): Promise<void> {
  const session = index % 3 === 0 ? sessions.at(-1) : undefined
  const client = await RawClient.connect(url, { ca, ...(session && { session }) })
  client.socket.on('session', (ticket: Buffer) => sessions.push(ticket))
  const counts = own[listener]
  for (let sent = 0; sent < requestsEach; ) {
    // One at a time, or pipelined in batches: by the connection's number, so that every run is the same.
    const batch = Math.min(1 + (index % 7), requestsEach - sent)
    const picked = Array.from({ length: batch }, (_, k) => (index + sent + k) % paths.length)
    client.send(picked.map((at) => `GET ${paths[at]} HTTP/1.1\r\nHost: proof\r\n\r\n`).join(''))
    for (const at of picked) {
      const { status } = await client.reply()
      const key = `${templates[at]} ${status}`
      counts.replies[key] = (counts.replies[key] ?? 0) + 1
    }
    sent += batch
    counts.requests += batch
  }
  counts.connectionsAccepted++
  if (listener === 'https') counts[client.resumed ? 'handshakesResumed' : 'handshakesFull']++
  await client.close()
  counts.bytesIn += client.socket.bytesWritten
  counts.bytesOut += client.socket.bytesRead
}

async function quietLedger(): Promise<LedgerSnapshot> {
  for (;;) {
    const ledger = (await (await fetch(`${urls.control}/ledger`)).json()) as LedgerSnapshot
    if (ledger.listeners.http.connectionsOpen + ledger.listeners.https.connectionsOpen === 0) return ledger
  }
}

function compare({ listeners }: LedgerSnapshot): boolean {
  let agrees = true
  for (const name of ['http', 'https'] as const) {
    const { replies, ...numbers } = own[name]
    const expected: Record<string, number> = {
      ...numbers,
      ...replies,
      [`of ${requestsEach} requests each`]: numbers.connectionsAccepted,
    }
    const counted = listeners[name]
    const bucket = Object.values(counted.requestsPerConnection)
    const ledger: Record<string, number> = {
      ...counted,
      ...counted.replies,
      [`of ${requestsEach} requests each`]: bucket.length === 1 ? (bucket[0] as number) : 0,
    } as never
    for (const [key, value] of Object.entries(expected)) {
      const equal = ledger[key] === value
      agrees &&= equal
      console.log(
        `${name.padEnd(6)} ${key.padEnd(28)} client ${String(value).padStart(12)}  ledger ${String(ledger[key]).padStart(12)}  ${equal ? 'equal' : 'DIFFERENT'}`,
      )
    }
  }
  console.log(agrees ? 'every count is equal' : 'the ledger disagrees')
  return agrees
}

function noCounts(): Own {
  return {
    connectionsAccepted: 0,
    handshakesFull: 0,
    handshakesResumed: 0,
    requests: 0,
    bytesIn: 0,
    bytesOut: 0,
    replies: {},
  }
}
