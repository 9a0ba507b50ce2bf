import { readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TargetProfile } from '../../../src/plan/target-profile.ts'
import { differenceOf, openWireProbe, type WireProbe } from '../../../src/probe/wire-probe.ts'
import type { Protocol } from '../../../src/scenario/protocol.ts'
import type { TargetConditions } from '../../../src/scenario/target-conditions.ts'
import { get, Session } from '../../../src/session/index.ts'
import { checkAgainstLedger } from '../../../src/target/ledger.ts'
import { type OpenTarget, openTargets, type TargetLedger } from '../../../src/target/open-target.ts'

const targets = openTargets()
let probe: WireProbe
beforeEach(() => {
  probe = openWireProbe()
})
afterEach(() => probe.close())
afterAll(() => targets[Symbol.asyncDispose]())

function open(protocol: Protocol, conditions: TargetConditions, seed = 1): Promise<OpenTarget> {
  const profile: TargetProfile = { kind: 'fixture', protocol, rttMs: 0, conditions }
  return targets.open(profile, seed)
}

/** What a client's work was on the wire, and where the ledger differs. Reading the ledger is traffic of its own here. */
async function check<T>(target: OpenTarget, work: () => Promise<T>) {
  const ledger = target.ledger as TargetLedger
  const before = await ledger.read()
  const wireBefore = probe.read()
  probe.startBlock()
  const result = await work()
  const wire = differenceOf(probe.read(), wireBefore)
  const carriers = probe.takeNewCarriers()
  return {
    result,
    wire,
    carriers,
    disagreements: await checkAgainstLedger({ wire, unanswered: 0 }, { ...ledger, before }),
  }
}

async function times<T>(n: number, work: () => Promise<T>): Promise<T[]> {
  const results: T[] = []
  for (let i = 0; i < n; i++) results.push(await work())
  return results
}

it('starts a server whose control port wants a secret that no list of processes shows', async () => {
  await open('http', {})
  const secretOf = (pid: string) =>
    /SESSIONBENCH_CONTROL_TOKEN=([^\0]*)/.exec(readFileSync(`/proc/${pid}/environ`, 'utf8'))?.[1]
  const threads = readdirSync('/proc/self/task').map((id) => `/proc/self/task/${id}/children`)
  const children = threads.flatMap((path) => readFileSync(path, 'utf8').split(' ')).filter((pid) => pid !== '')
  const secrets = children.flatMap((pid) => secretOf(pid) ?? [])
  expect(secrets).toEqual([expect.stringMatching(/^[\w-]{43}$/)])
  for (const pid of children) expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).not.toContain(secrets[0])
})

describe('a target with proxies', () => {
  const names = ['http', 'httpWithCredentials', 'socks', 'socksWithCredentials'] as const
  const cases = (['http', 'https', 'h2'] as const).flatMap((protocol) => names.map((proxy) => ({ protocol, proxy })))
  it.each(cases)('has a ledger that agrees: $protocol through $proxy', async ({ protocol, proxy }) => {
    const target = await open(protocol, { proxies: true })
    const { origin, access, proxies } = target.address
    const options = { proxies: proxies?.[proxy], ...access, allowH2: protocol === 'h2' }
    const handshakesFull = protocol === 'http' ? 0 : 1
    await using session = new Session(options)
    const kept = await check(target, () => times(4, async () => (await session.get(`${origin}/get`)).bytes()))
    expect(kept).toMatchObject({
      disagreements: [],
      wire: { connectionsOpened: 1, requests: 4, handshakesFull },
      carriers: { connections: 1, handshakesFull },
    })
    const stateless = await check(target, () => times(3, async () => (await get(`${origin}/get`, options)).bytes()))
    expect(stateless).toMatchObject({
      disagreements: [],
      wire: { connectionsOpened: 3, requests: 3, handshakesFull: 3 * handshakesFull },
    })
  })

  it('still has a ledger for those who go there directly', async () => {
    const target = await open('https', { proxies: true })
    const {
      origin,
      access: { ca },
    } = target.address
    const direct = await check(target, () => times(3, async () => (await get(`${origin}/get`, { ca })).bytes()))
    expect(direct).toMatchObject({ disagreements: [], wire: { connectionsOpened: 3, handshakesFull: 3 } })
  })
})

describe('a target with faults', () => {
  const statuses = async (seed: number) => {
    const target = await open('http', { faults: { errorRate: 0.5, errorStatus: 500 } }, seed)
    await using session = new Session({ baseUrl: target.address.origin })
    const { result, disagreements } = await check(target, () =>
      times(30, async () => {
        const reply = await session.get('/get')
        await reply.bytes()
        return reply.status
      }),
    )
    expect(disagreements).toEqual([])
    return result
  }

  it('fails as often as asked, the same way for the same seed, and not at all for the next target', async () => {
    const seven = await statuses(7)
    expect(new Set(seven)).toEqual(new Set([200, 500]))
    expect(await statuses(7)).toEqual(seven)
    expect(await statuses(8)).not.toEqual(seven)
    const well = await open('http', {})
    await using session = new Session({ baseUrl: well.address.origin })
    const replies = await times(30, async () => (await session.get('/get')).status)
    expect(new Set(replies)).toEqual(new Set([200]))
  })

  it('resets only connections that are used again, and the ledger still agrees', async () => {
    const target = await open('http', { faults: { resetReused: 1 } })
    const { origin } = target.address
    const stateless = await check(target, () => times(5, async () => (await get(`${origin}/get`)).bytes()))
    expect(stateless).toMatchObject({ disagreements: [], wire: { requests: 5 } })
    await using session = new Session({ baseUrl: origin })
    const kept = await check(target, () => times(5, async () => (await session.get('/get')).bytes()))
    // Each but the first is reset, and sent again on a fresh connection.
    expect(kept).toMatchObject({ disagreements: [], wire: { requests: 9, connectionsOpened: 5 } })
  })
})

describe('a target under other conditions', () => {
  it.each(['http', 'https', 'h2'] as const)('closes connections that are used up: %s', async (protocol) => {
    const target = await open(protocol, { maxRequestsPerConnection: 3 })
    const {
      origin: baseUrl,
      access: { ca },
    } = target.address
    await using session = new Session({ baseUrl, ca, allowH2: protocol === 'h2' })
    const { wire, disagreements } = await check(target, () =>
      times(9, async () => (await session.get('/bytes/100')).bytes()),
    )
    expect(disagreements).toEqual([])
    expect(wire).toMatchObject({ requests: 9, connectionsOpened: 3 })
  })

  it('closes connections that are idle', async () => {
    const target = await open('http', { keepAliveTimeoutMs: 100 })
    const socket = connect(Number(new URL(target.address.origin).port), '127.0.0.1')
    socket.write('GET /get HTTP/1.1\r\nHost: x\r\n\r\n')
    await new Promise((resolve) => socket.resume().once('end', resolve))
    expect(await target.ledger?.read()).toMatchObject({ requests: 1, endedByServer: 1 })
  })

  it.each(['1.2', '1.3'] as const)('speaks TLS %s and gives no tickets when told so', async (tlsVersion) => {
    const target = await open('https', { tlsVersion, sessionTickets: false })
    const {
      origin,
      access: { ca },
    } = target.address
    const tickets: Buffer[] = []
    const socket = connectTls({ port: Number(new URL(origin).port), host: '127.0.0.1', ca })
    socket.on('session', (ticket) => tickets.push(ticket))
    await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
    expect(socket.getProtocol()).toBe(`TLSv${tlsVersion}`)
    socket.end('GET /get HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    await new Promise((resolve) => socket.resume().once('close', resolve))
    const again = connectTls({ port: Number(new URL(origin).port), host: '127.0.0.1', ca, session: tickets.at(-1) })
    await new Promise((resolve, reject) => again.once('secureConnect', resolve).once('error', reject))
    expect(again.isSessionReused()).toBe(false)
    again.destroy()
  })

  it('lies behind a link that takes its time', async () => {
    const target = await open('http', { jitterMs: 2, bytesPerSecond: { down: 1_000_000 } })
    const startMs = performance.now()
    await using session = new Session({ baseUrl: target.address.origin })
    const { wire, disagreements } = await check(target, async () => (await session.get('/bytes/100000')).bytes())
    expect(disagreements).toEqual([])
    expect(wire.bytesReceived).toBeGreaterThan(100_000)
    // 100,000 bytes at a million a second: never sooner than that.
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(100)
  })

  it('speaks nothing but HTTP/2 when that is its protocol', async () => {
    const target = await open('h2', {})
    const {
      origin,
      access: { ca },
    } = target.address
    await expect(get(`${origin}/get`, { ca, allowH2: false })).rejects.toThrow()
    const reply = await get(`${origin}/get`, { ca, allowH2: true })
    expect(reply.status).toBe(200)
  })
})
