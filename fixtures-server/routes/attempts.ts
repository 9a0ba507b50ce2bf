import { type Ask, headerOf } from '../application/ask.ts'
import { BadArgument } from '../application/bad-argument.ts'
import { type Header, jsonReply, type Reply, refusal } from '../application/reply.ts'
import type { Params, Route } from '../application/router.ts'
import { MersenneTwister } from '../mersenne-twister.ts'
import { maxIdLength } from '../request-log.ts'
import { firstArgs, integerArg, numberArg, seedArg } from './arguments.ts'
import { allMethods } from './inspection.ts'

/** Routes that fail for a while: they count the attempts of each id, so that retries and duplicates show. */
export const attemptRoutes: readonly Route[] = [
  { template: '/unstable', methods: allMethods, answer: unstable },
  { template: '/retry-after', methods: allMethods, answer: retryAfter },
  { template: '/flaky/{n:int}', methods: allMethods, answer: flaky },
]

// The id comes from the query or from X-Request-Id; without one, all requests to a path are tries of the same thing.
function idOf(ask: Ask): string | undefined {
  const id = firstArgs(ask).get('id') ?? headerOf(ask, 'x-request-id')
  if (id !== undefined && id.length > maxIdLength) throw new BadArgument(`an id has at most ${maxIdLength} characters`)
  return id
}

function countAttempt(ask: Ask): number {
  const key = idOf(ask) ?? ask.path
  const attempt = (ask.state.attempts.get(key) ?? 0) + 1
  ask.state.attempts.set(key, attempt)
  return attempt
}

// Without ids, a success is the end of one story and the next request begins another.
function succeed(ask: Ask, attempt: number): Reply {
  if (idOf(ask) === undefined) ask.state.attempts.delete(ask.path)
  return jsonReply({ attempt, id: idOf(ask) ?? null })
}

function failWith(status: number, attempt: number, headers: readonly Header[] = []): Reply {
  return jsonReply({ status, error: 'this failure was asked for', attempt }, { status, headers })
}

function unstable(ask: Ask): Reply {
  const args = firstArgs(ask)
  const rate = numberArg(args, 'rate', { fallback: 0.5, min: 0, max: 1 })
  const status = integerArg(args, 'status', { fallback: 503, min: 400, max: 599 })
  const attempt = countAttempt(ask)
  if (sourceFor(ask, seedArg(args)).next() >= rate) return succeed(ask, attempt)
  const seconds = integerArg(args, 'retryafter', { fallback: 0, min: 0, max: 86_400 })
  return failWith(status, attempt, args.has('retryafter') ? [['Retry-After', String(seconds)]] : [])
}

// Each seed has one sequence that all its requests draw from.
function sourceFor({ state }: Ask, seed: bigint | undefined): MersenneTwister {
  if (seed === undefined) return state.random
  const source = state.sources.get(String(seed)) ?? new MersenneTwister(seed)
  state.sources.set(String(seed), source)
  return source
}

function retryAfter(ask: Ask): Reply {
  const seconds = integerArg(firstArgs(ask), 'seconds', { fallback: 1, min: 0, max: 86_400 })
  const status = integerArg(firstArgs(ask), 'status', { fallback: 503, min: 400, max: 599 })
  const attempt = countAttempt(ask)
  return attempt === 1 ? failWith(status, attempt, [['Retry-After', String(seconds)]]) : succeed(ask, attempt)
}

function flaky(ask: Ask, { n }: Params): Reply {
  const attempt = countAttempt(ask)
  if (attempt > Number(n)) return succeed(ask, attempt)
  return Number(n) > 1_000 ? refusal(400, 'at most 1000 failures can be asked for') : failWith(503, attempt)
}
