import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { decodeBody } from '../../../../src/session/body/decode-body.ts'

const request = { method: 'GET', url: 'http://h/' }

/** Decodes a body that comes in pieces of so many bytes. */
async function decode(encoding: string, body: Buffer, options: { maxBytes?: number; pieceBytes?: number } = {}) {
  const { maxBytes = Number.POSITIVE_INFINITY, pieceBytes = 1_000 } = options
  async function* pieces() {
    for (let at = 0; at < body.length; at += pieceBytes) yield body.subarray(at, at + pieceBytes)
  }
  const decoded: Buffer[] = []
  for await (const piece of decodeBody(pieces(), { encoding, maxBytes, request })) decoded.push(piece)
  return Buffer.concat(decoded)
}

const text = Buffer.from(Array.from({ length: 600 }, (_, n) => `line ${n} of ${Math.sin(n)}\n`).join(''))
const encoders: Readonly<Record<string, readonly [name: string, encode: (data: Buffer) => Buffer]>> = {
  gzip: ['gzip', gzipSync],
  'x-gzip': ['x-gzip', gzipSync],
  deflate: ['deflate', deflateSync],
  'deflate without its wrapping': ['deflate', deflateRawSync],
  br: ['br', brotliCompressSync],
  zstd: ['zstd', zstdCompressSync],
}

describe.each(Object.entries(encoders))('%s', (_, [name, encode]) => {
  const body = encode(text)

  it('is undone, in pieces of any size', async () => {
    for (const pieceBytes of [1, 7, 100_000]) expect((await decode(name, body, { pieceBytes })).equals(text)).toBe(true)
    expect((await decode(name, encode(Buffer.alloc(0)))).length).toBe(0)
    expect((await decode(name, Buffer.alloc(0))).length).toBe(0)
  })

  it.each([1, 2, 10, body.length >> 1, body.length - 1])('that is cut after %i bytes is an error', async (bytes) => {
    await expect(decode(name, body.subarray(0, bytes))).rejects.toMatchObject({
      name: 'BodyError',
      code: 'BODY_TRUNCATED',
      request,
    })
  })

  it('that is none is another', async () => {
    await expect(decode(name, Buffer.from('\xff\xffnot compressed at all', 'latin1'))).rejects.toMatchObject({
      name: 'BodyError',
      code: 'BODY_ENCODING',
    })
  })
})

describe('several codings', () => {
  const times = (count: number) => {
    let body = text
    for (let n = 0; n < count; n += 1) body = gzipSync(body)
    return { body, encoding: Array.from({ length: count }, () => 'gzip').join(', ') }
  }

  it('are undone from last to first, five at most', async () => {
    expect((await decode('br, , Identity,GZIP', gzipSync(brotliCompressSync(text)))).equals(text)).toBe(true)
    const five = times(5)
    expect((await decode(five.encoding, five.body)).equals(text)).toBe(true)
    const six = times(6)
    await expect(decode(six.encoding, six.body)).rejects.toMatchObject({ name: 'BodyError', code: 'BODY_ENCODING' })
    const stacked = Array.from({ length: 1_600 }, () => 'gzip').join(',')
    await expect(decode(stacked, six.body)).rejects.toThrow('1600')
  })

  it('end at one that is not known: what is under it cannot be reached', async () => {
    const body = gzipSync(text)
    expect((await decode('gzip, secret', body)).equals(body)).toBe(true)
    expect((await decode('secret, gzip', body)).equals(text)).toBe(true)
    expect((await decode('constructor', body)).equals(body)).toBe(true)
  })

  it('may have no more than maxResponseBytes at any of them', async () => {
    const nothing = gzipSync(Buffer.alloc(0))
    const members = Buffer.concat(Array.from({ length: 20_000 }, () => nothing))
    const body = gzipSync(members)
    expect((await decode('gzip, gzip', body)).length).toBe(0)
    await expect(decode('gzip, gzip', body, { maxBytes: 100_000 })).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' })
    const bomb = gzipSync(Buffer.alloc(50_000_000))
    await expect(decode('gzip', bomb, { maxBytes: 1_000 })).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' })
    expect((await decode('gzip', gzipSync(Buffer.alloc(1_000)), { maxBytes: 1_000 })).length).toBe(1_000)
  })
})

it.each([
  new DOMException('ended by hand', 'AbortError'),
  'a word',
  null,
  undefined,
  Object.assign(new Error('x'), { code: 'X' }),
])('what the pieces fail with passes untouched: %s', async (reason) => {
  async function* pieces() {
    yield gzipSync(text).subarray(0, 1_000)
    throw reason
  }
  for (const encoding of ['gzip', 'gzip, gzip', 'identity']) {
    const decoded = decodeBody(pieces(), { encoding, maxBytes: Number.POSITIVE_INFINITY, request })
    const reading = (async () => {
      for await (const piece of decoded) expect(piece.length).toBeGreaterThan(0)
    })()
    await expect(reading.catch((error: unknown) => ({ error }))).resolves.toEqual({ error: reason })
  }
})
