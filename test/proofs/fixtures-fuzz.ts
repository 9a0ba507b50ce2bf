// A minute of everything that a server should survive: random bytes, requests that are almost right, truncated TLS,
// half-open and resetting clients, slow writers, and 10,000 idle connections. At its end the server must be alive, its
// memory flat and its ledger consistent. Run with `npm run prove:fixture-fuzz`, or with a number of seconds.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { fileURLToPath } from 'node:url'
import type { LedgerSnapshot, ListenerCounts } from '../../fixtures-server/index.ts'
import { MersenneTwister } from '../../fixtures-server/mersenne-twister.ts'

const seconds = Number(process.argv[2] ?? 60)
const idleConnections = Number(process.argv[3] ?? 10_000)
const atOnce = 24
const random = new MersenneTwister(Number(process.argv[4] ?? 1))
const pick = <T>(list: readonly T[]): T => list[random.below(list.length)] as T

const child = fork(fileURLToPath(new URL('../../fixtures-server/main.ts', import.meta.url)), ['{"headTimeoutMs":2000}'])
const [{ urls, ca }] = (await once(child, 'message')) as [{ urls: Record<string, string>; ca: string }]
let crashed = false
child.once('exit', () => {
  crashed = true
})

const seeds = [
  'GET /get HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /bytes/1024 HTTP/1.1\r\nHost: a\r\n\r\n',
  'HEAD /get HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  'POST /post HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello=world',
  'POST /anything HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nT: 1\r\n\r\n',
  'GET /range/100 HTTP/1.1\r\nHost: a\r\nRange: bytes=5-10\r\n\r\n',
  'GET /cookies/set/a/b HTTP/1.1\r\nHost: a\r\nCookie: a="b\\101"; c\r\n\r\n',
  'GET /digest-auth/auth/u/p HTTP/1.1\r\nHost: a\r\nAuthorization: Digest username="u", nonce="x", qop=auth\r\n\r\n',
  'POST /post HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=X\r\nContent-Length: 62\r\n\r\n--X\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--X--\r\n\r\n\r\n',
  'GET /response-headers?a=b&Content-Type=x HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /truncate HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /reset?when=body HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /close-idle?afterMs=1&how=rst HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /status/200,300:2,x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n',
  'CONNECT a:1 HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
]

const actions: Record<string, () => Promise<void>> = {
  randomBytes: () =>
    throwAt(pick(['http', 'https', 'control', 'proxy', 'socks']), random.bytes(1 + random.below(2_000))),
  almostRequests: () => throwAt(pick(['http', 'http', 'http', 'control', 'proxy']), mutated()),
  overTls: () => throwAtTls(mutated()),
  truncatedTls: () =>
    throwAt(
      pick(['https', 'clientCertificate']),
      Buffer.concat([Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]), random.bytes(random.below(400))]),
    ),
  halfOpen: async () => {
    const socket = await open('http')
    socket.end(pick(seeds).slice(0, random.below(40)))
    await gone(socket, 500)
  },
  slowWriter: async () => {
    const socket = await open('http')
    for (const byte of pick(seeds)) {
      if (socket.destroyed) break
      socket.write(byte)
      await pause(random.below(4))
    }
    await gone(socket, 50)
  },
  resetting: async () => {
    const socket = await open(pick(['http', 'https']))
    socket.write(pick(seeds).repeat(1 + random.below(50)))
    await pause(random.below(3))
    socket.resetAndDestroy()
  },
  neverReads: async () => {
    const socket = await open('http')
    socket.pause()
    socket.write('GET /bytes/102400 HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(200))
    await pause(30)
    socket.destroy()
  },
}

const done: Record<string, number> = {}
const connected: Record<string, number> = {}
const memory: number[] = []
console.log(`fuzzing for ${seconds} s beside ${idleConnections} idle connections`)
const idle: Socket[] = []
for (let i = 0; i < idleConnections; i++) idle.push(await open(i % 10 === 0 ? 'https' : 'http'))
const endMs = performance.now() + seconds * 1_000
await Promise.all(Array.from({ length: atOnce }, fuzz))
for (const socket of idle) socket.destroy()
process.exitCode = (await judge()) ? 0 : 1
child.disconnect()

async function fuzz(): Promise<void> {
  while (performance.now() < endMs && !crashed) {
    const name = pick(Object.keys(actions))
    await (actions[name] as () => Promise<void>)()
    done[name] = (done[name] ?? 0) + 1
    const count = Object.values(done).reduce((sum, each) => sum + each, 0)
    if (count % 500 === 0) memory.push(residentMiB())
  }
}

function mutated(): Buffer {
  const bytes = Buffer.from(pick(seeds) + pick(seeds), 'latin1')
  for (let n = random.below(6); n > 0; n--)
    bytes[random.below(bytes.length)] = pick([random.below(256), 13, 10, 32, 58, 48, 0])
  return random.below(4) === 0 ? bytes.subarray(0, random.below(bytes.length)) : bytes
}

async function throwAt(name: string, bytes: Buffer): Promise<void> {
  const socket = await open(name)
  const cut = random.below(bytes.length + 1)
  socket.write(bytes.subarray(0, cut))
  if (random.below(2) === 0) await new Promise(setImmediate)
  socket.write(bytes.subarray(cut))
  await gone(socket, 20)
}

async function throwAtTls(bytes: Buffer): Promise<void> {
  const raw = await open('https')
  const socket = connectTls({ socket: raw, ca, host: '127.0.0.1', ALPNProtocols: [pick(['h2', 'http/1.1'])] })
  socket.on('error', () => {})
  socket.on('data', () => {})
  socket.write(bytes)
  await gone(raw, 20)
  socket.destroy()
}

async function open(name: string): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(urls[name] as string).port), allowHalfOpen: true })
  socket.on('error', () => {})
  socket.on('data', () => {})
  await once(socket, 'connect')
  connected[name] = (connected[name] ?? 0) + 1
  return socket
}

async function gone(socket: Socket, ms: number): Promise<void> {
  await Promise.race([new Promise((resolve) => socket.once('end', resolve)), pause(ms)])
  socket.destroy()
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function residentMiB(): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024
}

async function judge(): Promise<boolean> {
  if (crashed) {
    console.log('the server has ended')
    return false
  }
  const { listeners } = await quietLedger()
  const checks: [string, boolean][] = [['server alive', (await fetch(`${urls.control}/health`)).ok]]
  for (const name of ['http', 'https', 'clientCertificate'] as const) checks.push(...consistency(name, listeners[name]))
  const third = Math.floor(memory.length / 3)
  const [middle, last] = [median(memory.slice(third, 2 * third)), median(memory.slice(2 * third))]
  checks.push([`memory flat: ${middle.toFixed(0)} MiB, then ${last.toFixed(0)} MiB`, last < middle * 1.1 + 10])
  console.log(JSON.stringify(done))
  for (const [what, holds] of checks) console.log(`${holds ? 'yes' : 'NO '}  ${what}`)
  return checks.every(([, holds]) => holds)
}

function consistency(name: string, counts: ListenerCounts): [string, boolean][] {
  const ended =
    counts.connectionsClosedByClient +
    counts.connectionsResetByClient +
    counts.connectionsClosedByServer +
    counts.connectionsClosedIdle +
    counts.handshakesFailed
  const answered = Object.entries(counts.replies).reduce(
    (sum, [key, count]) => sum + (key.startsWith('(refused)') ? 0 : count),
    0,
  )
  const carried = Object.values(counts.requestsPerConnection).reduce((sum, count) => sum + count, 0)
  return [
    [
      `${name}: ${counts.connectionsAccepted} connections accepted, ${connected[name]} made`,
      counts.connectionsAccepted === connected[name],
    ],
    [
      `${name}: every one of them has ended (${ended})`,
      ended === counts.connectionsAccepted && counts.connectionsOpen === 0,
    ],
    [
      `${name}: ${counts.requests} requests, ${answered} answered, ${counts.requestsRefused} refused`,
      answered <= counts.requests,
    ],
    [
      `${name}: connections that carried requests add up (${carried})`,
      carried === counts.connectionsAccepted - counts.handshakesFailed,
    ],
  ]
}

async function quietLedger(): Promise<LedgerSnapshot> {
  const deadlineMs = performance.now() + 20_000
  for (;;) {
    const ledger = (await (await fetch(`${urls.control}/ledger`)).json()) as LedgerSnapshot
    const open = Object.values(ledger.listeners).reduce((sum, { connectionsOpen }) => sum + connectionsOpen, 0)
    if (open === 0 || performance.now() > deadlineMs) return ledger
    await pause(50)
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
