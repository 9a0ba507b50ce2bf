import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ProxyServer, readProxies } from '../../../../src/session/policy/proxy.ts'
import { readHead, whileOpen } from '../../../../src/session/wire/read-socket.ts'
import { checkSocksName, connectSocks5 } from '../../../../src/session/wire/socks5.ts'

/** A socket whose other side is the test. Reading without end, which freezes a process, fails instead. */
class FakeSocket extends Duplex {
  readonly written: Buffer[] = []
  #reads = 0

  override read(size?: number): unknown {
    this.#reads += 1
    if (this.#reads > 5_000) this.destroy(new Error('reads without end'))
    return super.read(size)
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.written.push(chunk)
    done()
  }

  /** Feeds segments, each in a turn of its own. */
  async feed(segments: readonly Buffer[]): Promise<void> {
    for (const segment of segments) {
      await new Promise((resolve) => setImmediate(resolve))
      if (this.destroyed) return
      if (segment.length > 0) this.push(segment)
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
}

const proxyOf = (url: string) => readProxies(url).bySelector.get('all') as ProxyServer
const open = proxyOf('socks5h://p.test')
const locked = proxyOf('socks5h://ann:s3cret@p.test')
const endpoint = { hostname: 'x.test', port: 8080, secure: false }
const bytewise = (stream: Buffer) => [...stream].map((byte) => Buffer.from([byte]))

const addresses = {
  IPv4: [1, 127, 0, 0, 1],
  IPv6: [4, ...Array<number>(16).fill(7)],
  'an empty name': [3, 0],
  'a name': [3, 4, ...Buffer.from('host')],
  'the longest name': [3, 255, ...Buffer.alloc(255, 'n')],
}
const grants = Object.entries(addresses).map(
  ([name, address]) => [name, Buffer.from([5, 0, 0, ...address, 1, 2])] as const,
)

function start(proxy = open, to = endpoint) {
  const socket = new FakeSocket()
  socket.on('error', () => {})
  const outcome = connectSocks5(socket as unknown as Socket, proxy, to).then(
    () => 'connected',
    (error: Error & { code?: string }) => error.code ?? error.message,
  )
  return { socket, outcome }
}

describe.each(grants)('a SOCKS5 reply with %s', (_name, grant) => {
  it.each([
    ['nobody', open, Buffer.from([5, 0])],
    ['a user', locked, Buffer.from([5, 2, 1, 0])],
  ])('to %s is read in any pieces, and what follows stays in the socket', async (_who, proxy, greeting) => {
    const stream = Buffer.concat([greeting, grant])
    const cuts = Array.from({ length: stream.length + 1 }, (_, at) => [stream.subarray(0, at), stream.subarray(at)])
    for (const segments of [bytewise(stream), ...cuts]) {
      for (const extra of ['', 'x', 'HTTP/1.1 200 OK\r\n\r\n']) {
        const { socket, outcome } = start(proxy)
        const last = segments.at(-1) as Buffer
        await socket.feed([...segments.slice(0, -1), Buffer.concat([last, Buffer.from(extra)])])
        expect(await outcome).toBe('connected')
        expect(String(socket.read() ?? '')).toBe(extra)
        socket.destroy()
      }
    }
  })

  it('ends with the socket, whenever that ends', async () => {
    const stream = Buffer.concat([Buffer.from([5, 2, 1, 0]), grant])
    const ends: readonly [(socket: FakeSocket) => unknown, string][] = [
      [(socket) => socket.destroy(Object.assign(new Error('aborted'), { code: 'OURS' })), 'OURS'],
      [(socket) => socket.destroy(), 'ECONNRESET'],
      [(socket) => socket.push(null), 'ECONNRESET'],
    ]
    for (let length = 0; length < stream.length; length += 1) {
      for (const [end, code] of ends) {
        const { socket, outcome } = start(locked)
        await socket.feed([stream.subarray(0, length)])
        end(socket)
        expect(await outcome).toBe(code)
      }
    }
  })
})

describe('a SOCKS5 proxy that answers otherwise', () => {
  it.each([
    ['no SOCKS5', open, [4, 0], 'PROXY_BAD_RESPONSE'],
    ['HTTP', open, [...Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')], 'PROXY_BAD_RESPONSE'],
    ['a way in that was not offered', open, [5, 2], 'PROXY_BAD_RESPONSE'],
    ['another one', locked, [5, 1], 'PROXY_BAD_RESPONSE'],
    ['that nobody may pass', open, [5, 255], 'PROXY_AUTH'],
    ['that no way in will do', locked, [5, 255], 'PROXY_AUTH'],
    ['that the password is wrong', locked, [5, 2, 1, 1], 'PROXY_AUTH'],
    ['a refusal', open, [5, 0, 5, 5, 0, 1, 0, 0, 0, 0, 0, 0], 'PROXY_REFUSED'],
    ['a refusal and nothing more', open, [5, 0, 5, 1], 'PROXY_REFUSED'],
    ['a refusal of its own making', open, [5, 0, 5, 99], 'PROXY_REFUSED'],
    ['another version', open, [5, 0, 4, 0], 'PROXY_BAD_RESPONSE'],
    ['an address of no known type', open, [5, 0, 5, 0, 0, 2], 'PROXY_BAD_RESPONSE'],
  ])('with %s', async (_what, proxy, stream, code) => {
    for (const segments of [[Buffer.from(stream)], bytewise(Buffer.from(stream))]) {
      const { socket, outcome } = start(proxy)
      await socket.feed(segments)
      expect(await outcome).toBe(code)
    }
  })

  it('settles whatever comes, in whatever pieces', async () => {
    const likely = fc.constantFrom(...[0, 1, 2, 3, 4, 5, 255])
    const segment = fc.array(fc.oneof({ weight: 4, arbitrary: likely }, fc.integer({ min: 0, max: 255 })), {
      maxLength: 6,
    })
    await fc.assert(
      fc.asyncProperty(fc.array(segment, { maxLength: 6 }), fc.constantFrom(open, locked), async (segments, proxy) => {
        const { socket, outcome } = start(proxy)
        await socket.feed(segments.map((bytes) => Buffer.from(bytes)))
        socket.push(null)
        expect(await outcome).toMatch(/^(connected|ECONNRESET|PROXY_(BAD_RESPONSE|AUTH|REFUSED))$/)
      }),
      { numRuns: 300 },
    )
  })
})

describe('the request to a SOCKS5 proxy', () => {
  const long = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(63)}`
  it.each([
    ['10.1.2.255', [1, 10, 1, 2, 255]],
    ['::1', [4, ...Array<number>(15).fill(0), 1]],
    ['2001:db8::ff00:42:8329', [4, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0xff, 0, 0, 0x42, 0x83, 0x29]],
    ['1:2:3:4:5:6:7:8', [4, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]],
    ['::ffff:1.2.3.4', [4, ...Array<number>(10).fill(0), 255, 255, 1, 2, 3, 4]],
    ['fe80::1%lo', [4, 0xfe, 0x80, ...Array<number>(13).fill(0), 1]],
    ['a', [3, 1, 97]],
    [long, [3, 255, ...Buffer.from(long)]],
  ])('names %s', async (hostname, address) => {
    const { socket, outcome } = start(open, { hostname, port: 258, secure: false })
    await socket.feed([Buffer.from([5, 0]), Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0])])
    expect(await outcome).toBe('connected')
    expect(Buffer.concat(socket.written)).toEqual(Buffer.from([5, 1, 0, 5, 1, 0, ...address, 1, 2]))
  })

  it('never names a host that its frame has no room for', () => {
    for (const name of [`${long}x`, 'x'.repeat(256), `good.test\x00PX${'x'.repeat(512)}`]) {
      expect(() => checkSocksName(open, name)).toThrow(expect.objectContaining({ name: 'InvalidUrl' }))
      // Names that are resolved here do not go into a frame.
      expect(() => checkSocksName(proxyOf('socks5://p.test'), name)).not.toThrow()
    }
    expect(() => checkSocksName(open, long)).not.toThrow()
  })

  it('carries user and password of every length that fits; longer ones are refused as options', async () => {
    for (const [user, password] of [
      ['u'.repeat(255), 'p'.repeat(255)],
      ['é'.repeat(127), ''],
    ] as const) {
      const { socket, outcome } = start(proxyOf(`socks5://${encodeURIComponent(user)}:${password}@p.test`), {
        ...endpoint,
        hostname: '::1',
      })
      await socket.feed([Buffer.from([5, 2]), Buffer.from([1, 0]), Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0])])
      expect(await outcome).toBe('connected')
      const sent = [Buffer.from(user), Buffer.from(password)]
      expect(socket.written[1]).toEqual(
        Buffer.concat([Buffer.from([1]), ...sent.flatMap((one) => [Buffer.from([one.length]), one])]),
      )
    }
    for (const [user, password] of [
      ['u'.repeat(256), 'p'],
      ['u', 'p'.repeat(256)],
      ['é'.repeat(128), 'p'],
    ] as const) {
      const url = `://${encodeURIComponent(user)}:${password}@p.test`
      for (const scheme of ['socks5', 'socks5h']) {
        expect(() => readProxies(scheme + url)).toThrow(/proxies\.all: expected .*255 bytes/)
      }
      expect(() => readProxies(`http${url}`)).not.toThrow()
    }
  })
})

describe('whileOpen', () => {
  const wait = (socket: FakeSocket, work: Promise<unknown>) =>
    whileOpen(socket as unknown as Socket, work).catch((error: NodeJS.ErrnoException) => error.code)

  it('ends with the work, or with the socket when that comes first', async () => {
    expect(await wait(new FakeSocket(), Promise.resolve('done'))).toBe('done')
    expect(await wait(new FakeSocket(), Promise.reject(Object.assign(new Error('no'), { code: 'WORK' })))).toBe('WORK')
    const never = new Promise(() => {})
    const open = new FakeSocket()
    const waiting = wait(open, never)
    open.destroy()
    expect(await waiting).toBe('ECONNRESET')
    expect(await wait(open, never)).toBe('ECONNRESET')
    const broken = new FakeSocket()
    broken.on('error', () => {})
    const failing = wait(broken, never)
    broken.destroy(Object.assign(new Error('timeout'), { code: 'OURS' }))
    expect(await failing).toBe('OURS')
  })
})

describe('readHead', () => {
  const head = 'HTTP/1.1 200 OK\r\nVia: p\r\n\r\n'
  const read = (socket: FakeSocket, limit: number) => readHead(socket as unknown as Socket, limit)

  it('reads up to the empty line in any pieces', async () => {
    for (let at = 0; at <= head.length; at += 1) {
      const socket = new FakeSocket()
      const result = read(socket, 100)
      await socket.feed([Buffer.from(head.slice(0, at)), Buffer.from(`${head.slice(at)}rest`)])
      expect(await result).toBe(head)
      expect(String(socket.read())).toBe('rest')
    }
  })

  it('gives up at the limit, however the bytes come', async () => {
    for (const segments of [[Buffer.from(head)], bytewise(Buffer.from(head))]) {
      const exact = new FakeSocket()
      const fits = read(exact, head.length)
      await exact.feed(segments)
      expect(await fits).toBe(head)
      const socket = new FakeSocket()
      const tooLong = read(socket, head.length - 1)
      await socket.feed(segments)
      expect(await tooLong).toBeNull()
    }
  })
})
