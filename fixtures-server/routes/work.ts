import { type Ask, headerOf } from '../application/ask.ts'
import { BadArgument } from '../application/bad-argument.ts'
import { type Answer, jsonReply } from '../application/reply.ts'
import type { Route } from '../application/router.ts'
import { lawNames } from '../law.ts'
import { MersenneTwister } from '../mersenne-twister.ts'
import { WorkQueue } from '../work-queue.ts'
import { firstArgs, integerArg, numberArg, seedArg } from './arguments.ts'
import { allMethods } from './inspection.ts'

/**
 * `/work?serviceUs&workers&law&seed&queue&crosstalk`: service by `workers` servers behind one queue, with times of mean
 * `serviceUs` by a known law, so that capacity (`workers / serviceUs`) and percentiles are known beforehand. Requests
 * with the same parameters share a queue. With `crosstalk` every request that is already there makes a new one take longer by that
 * share, so that throughput falls again beyond as many at once as there are workers.
 */
export const workRoutes: readonly Route[] = [{ template: '/work', methods: allMethods, answer: work }]

async function work(ask: Ask): Promise<Answer> {
  const arrivedMs = performance.now()
  const { startMs, endMs } = queueFor(ask).admit(arrivedMs)
  await ask.pauseUntil(endMs)
  const errorUs = (performance.now() - endMs) * 1_000
  const reply = jsonReply({
    id: headerOf(ask, 'x-request-id') ?? null,
    queuedUs: (startMs - arrivedMs) * 1_000,
    serviceUs: (endMs - startMs) * 1_000,
    // How much later than it should have been the answer was ready.
    lateUs: errorUs,
  })
  return { ...reply, injectedMs: endMs - arrivedMs }
}

function queueFor(ask: Ask): WorkQueue {
  const args = firstArgs(ask)
  const serviceUs = numberArg(args, 'serviceus', { fallback: 1_000, min: 0, max: 10_000_000 })
  const workers = integerArg(args, 'workers', { fallback: 1, min: 1, max: 10_000 })
  const crosstalk = numberArg(args, 'crosstalk', { fallback: 0, min: 0, max: 1 })
  const law = lawNames.find((name) => name === (args.get('law') ?? 'fixed'))
  if (!law) throw new BadArgument(`law must be one of ${lawNames.join(', ')}, not "${args.get('law')}"`)
  const seed = seedArg(args) ?? 1n
  const key = JSON.stringify([serviceUs, workers, crosstalk, law, String(seed), args.get('queue') ?? ''])
  const { workQueues } = ask.state
  const known = workQueues.get(key)
  if (known) return known
  const random = new MersenneTwister(seed)
  const made = new WorkQueue({ law: { law, meanMs: serviceUs / 1_000 }, workers, random, crosstalk })
  workQueues.set(key, made)
  return made
}
