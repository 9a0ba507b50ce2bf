import type { Ask } from '../application/ask.ts'
import { type Header, plainReply, type Reply } from '../application/reply.ts'
import type { Route } from '../application/router.ts'
import { MersenneTwister } from '../mersenne-twister.ts'
import { firstArgs, integerArg, numberArg, seedArg } from './arguments.ts'
import { rangeOf } from './range-of.ts'

const maxBytes = 100 * 1024
const defaultChunkBytes = 10 * 1024
const maxDurationS = 60
const octets: Header = ['Content-Type', 'application/octet-stream']

/** Routes that send bytes: random ones, and a pattern that ranges can be cut from. */
export const bytesRoutes: readonly Route[] = [
  { template: '/bytes/{n:int}', methods: ['GET'], measured: true, answer: (ask, { n }) => sendBytes(ask, Number(n)) },
  { template: '/stream-bytes/{n:int}', methods: ['GET'], answer: (ask, { n }) => streamBytes(ask, Number(n)) },
  { template: '/range/{n:int}', methods: ['GET'], answer: (ask, { n }) => sendRange(ask, Number(n)) },
]

function sendBytes(ask: Ask, n: number): Reply {
  const args = firstArgs(ask)
  const length = Math.min(n, maxBytes)
  const seed = seedArg(args)
  if (seed !== undefined) return { status: 200, headers: [octets], body: new MersenneTwister(seed).bytes(length) }
  const redraw = () => cutFromPool(ask, length)
  return { status: 200, headers: [octets], body: redraw(), redraw }
}

// Two requests in a row get different bytes, at the price of one draw.
function cutFromPool({ state: { pool, random } }: Ask, length: number): Buffer {
  const start = random.below(pool.length - length + 1)
  return pool.subarray(start, start + length)
}

function streamBytes(ask: Ask, n: number): Reply {
  const args = firstArgs(ask)
  const length = Math.min(n, maxBytes)
  const seed = seedArg(args)
  const bytes = seed === undefined ? cutFromPool(ask, length) : new MersenneTwister(seed).bytes(length)
  const chunkBytes = Math.max(1, integerArg(args, 'chunk_size', { fallback: defaultChunkBytes }))
  return { status: 200, headers: [octets], body: inChunks(ask, bytes, { chunkBytes, msPerByte: 0 }) }
}

async function* inChunks(
  ask: Ask,
  bytes: Buffer,
  { chunkBytes, msPerByte }: { chunkBytes: number; msPerByte: number },
) {
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const chunk = bytes.subarray(at, at + chunkBytes)
    yield chunk
    if (msPerByte > 0) await ask.pause(chunk.length * msPerByte)
  }
}

function sendRange(ask: Ask, n: number): Reply {
  const fields: Header[] = [
    ['ETag', `range${n}`],
    ['Accept-Ranges', 'bytes'],
  ]
  if (n <= 0 || n > maxBytes) return plainReply(`number of bytes must be in the range (0, ${maxBytes}]`, 404, fields)
  const args = firstArgs(ask)
  const chunkBytes = Math.max(1, integerArg(args, 'chunk_size', { fallback: defaultChunkBytes }))
  const durationS = numberArg(args, 'duration', { fallback: 0, min: 0, max: maxDurationS })
  const range = rangeOf(ask, n)
  if (!range) return plainReply('', 416, [...fields, ['Content-Range', `bytes */${n}`]])
  const { first, last } = range
  const bytes = Buffer.from(Array.from({ length: last - first + 1 }, (_, i) => 97 + ((first + i) % 26)))
  const headers: Header[] = [octets, ...fields, ['Content-Range', `bytes ${first}-${last}/${n}`]]
  const status = bytes.length === n ? 200 : 206
  if (durationS === 0) return { status, headers, body: bytes }
  const body = inChunks(ask, bytes, { chunkBytes, msPerByte: (durationS * 1_000) / n })
  return { status, headers: [...headers, ['Content-Length', String(bytes.length)]], body }
}
