import type { Ask } from '../application/ask.ts'
import { plainReply, type Reply } from '../application/reply.ts'
import type { Route } from '../application/router.ts'
import { firstArgs, integerArg, numberArg } from './arguments.ts'
import { describeRequest } from './describe-request.ts'

const maxLines = 100
const maxDripBytes = 10 * 1024 * 1024
const maxDripS = 60
const maxDelayS = 10
// Timers cannot do better than a millisecond or so: many bytes drip in this many portions.
const maxPortions = 1_000

/** Routes whose replies come bit by bit. */
export const streamRoutes: readonly Route[] = [
  {
    template: '/stream/{n:int}',
    methods: ['GET'],
    answer: (ask, { n }) => streamLines(ask, Math.min(Number(n), maxLines)),
  },
  { template: '/drip', methods: ['GET'], answer: drip },
]

function streamLines(ask: Ask, count: number): Reply {
  const picture = describeRequest(ask)
  async function* lines() {
    for (let id = 0; id < count; id++) yield Buffer.from(`${JSON.stringify({ ...picture, id })}\n`)
  }
  return { status: 200, headers: [['Content-Type', 'application/json']], body: lines() }
}

async function drip(ask: Ask): Promise<Reply> {
  const args = firstArgs(ask)
  const count = integerArg(args, 'numbytes', { fallback: 10, max: maxDripBytes })
  if (count <= 0) return plainReply('number of bytes must be positive', 400)
  const status = integerArg(args, 'code', { fallback: 200, min: 200, max: 999 })
  const durationS = numberArg(args, 'duration', { fallback: 2, min: 0, max: maxDripS })
  const delayS = numberArg(args, 'delay', { fallback: 0, max: maxDelayS })
  const headers = [
    ['Content-Type', 'application/octet-stream'],
    ['Content-Length', String(count)],
  ] as const
  if (delayS > 0) await ask.pause(delayS * 1_000)
  return { status, headers, body: stars(ask, count, durationS * 1_000) }
}

// The n-th portion is due at n/portions of the duration, so that rounding never adds up.
async function* stars(ask: Ask, count: number, durationMs: number) {
  const portions = Math.min(count, maxPortions)
  const startedMs = performance.now()
  for (let portion = 0, sent = 0; portion < portions; portion++) {
    const due = Math.ceil(((portion + 1) / portions) * count)
    yield Buffer.alloc(due - sent, '*')
    sent = due
    await ask.pause(startedMs + ((portion + 1) / portions) * durationMs - performance.now())
  }
}
