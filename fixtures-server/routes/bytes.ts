import type { Ask } from '../application/ask.ts'
import { type Reply, refusal } from '../application/reply.ts'
import type { Params, Route } from '../application/router.ts'
import { MersenneTwister } from '../mersenne-twister.ts'

const maxBytes = 100 * 1024

/** Routes that send random bytes. */
export const bytesRoutes: readonly Route[] = [
  { template: '/bytes/{n:int}', methods: ['GET'], measured: true, answer: sendBytes },
]

function sendBytes(ask: Ask, params: Params): Reply {
  const length = Math.min(Number(params.n), maxBytes)
  const headers = [['Content-Type', 'application/octet-stream']] as const
  const seed = new URLSearchParams(ask.query).get('seed')
  if (seed === null) {
    const redraw = () => cutFromPool(ask, length)
    return { status: 200, headers, body: redraw(), redraw }
  }
  if (!/^\s*[+-]?\d{1,100}\s*$/.test(seed)) return refusal(400, 'seed must be an integer')
  return { status: 200, headers, body: new MersenneTwister(BigInt(seed.trim().replace(/^\+/, ''))).bytes(length) }
}

// Two requests in a row get different bytes, at the price of one draw.
function cutFromPool({ state: { pool, random } }: Ask, length: number): Buffer {
  const start = random.below(pool.length - length + 1)
  return pool.subarray(start, start + length)
}
