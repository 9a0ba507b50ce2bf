import { deriveSeed, drawAt } from '../plan/derive-seed.ts'
import { makeRandom } from '../plan/random.ts'
import { makeProfile } from '../plan/rate-profile.ts'
import { placeInWhole, type Shard, takeShard } from '../plan/shard.ts'
import { pauseMs } from '../plan/think-time.ts'
import type { ResolvedClosedWorkload, ResolvedOpenWorkload } from '../scenario/resolve-scenario.ts'
import { defined } from '../session/defined.ts'
import { makeArrivals, makeStagedArrivals } from './arrivals.ts'
import type { ClosedLoopOptions } from './closed-loop.ts'
import { makeCourseBook } from './course-book.ts'
import type { OpenLoopOptions } from './open-loop.ts'

/** What is sent while warming up is not reported, and a connection that carried only that is not yet used. */
export type BlockPhase = 'warm-up' | 'measure'

/** What decides a block's draws: nothing else may, so that blocks that are compared get the same. */
interface DrawOptions {
  readonly phase: BlockPhase
  readonly durationMs: number
  readonly seed: number
  /** Takes its part of the whole's arrivals and users; together all shards have what one process would. */
  readonly shard: Shard
}

/** A closed loop's load and pauses. */
export function closedLoopOf(
  { concurrency, thinkTimeMs, iterations, maxDurationMs, meetMs, leadInMs, drainMs }: ResolvedClosedWorkload,
  { durationMs, seed, shard }: DrawOptions,
): Pick<
  ClosedLoopOptions,
  'concurrency' | 'durationMs' | 'iterations' | 'meetMs' | 'leadInMs' | 'drainMs' | 'pauseOf' | 'restOf'
> {
  const [pauses, starts] = [deriveSeed(seed, 'pauses'), deriveSeed(seed, 'starts')]
  return {
    concurrency,
    durationMs: maxDurationMs ?? durationMs,
    ...defined({ iterations, meetMs, leadInMs, drainMs }),
    ...(thinkTimeMs !== undefined && {
      pauseOf: (own: number, pause: number) => pauseMs(thinkTimeMs, drawAt(pauses, placeInWhole(own, shard), pause)),
    }),
    restOf: (own: number) => drawAt(starts, placeInWhole(own, shard)),
  }
}

/** An open loop's arrivals. A measured block of stages is their whole profile; warm-up is at their mean rate. */
export function makeSchedule(
  { arrivalRate, stages, arrivals: process, course }: ResolvedOpenWorkload,
  { phase, durationMs, seed, shard }: DrawOptions,
): Pick<OpenLoopOptions, 'arrivals' | 'durationMs' | 'profile' | 'courseBook'> {
  const spread = { process, random: makeRandom(deriveSeed(seed, 'arrivals')) }
  if (stages === undefined || phase === 'warm-up') {
    const arrivals = makeArrivals({ ratePerSecond: arrivalRate, ...spread })
    // Of several processes each would have steps of its own: their course is not told.
    const isTold = course !== undefined && phase === 'measure' && shard.count === 1
    const courseBook = isTold
      ? makeCourseBook({ ...course, durationMs, process, ratePerSecond: arrivalRate })
      : undefined
    return { arrivals: takeShard(arrivals, shard), durationMs, courseBook }
  }
  const profile = makeProfile(stages)
  const arrivals = makeStagedArrivals({ stages, ...spread })
  return { arrivals: takeShard(arrivals, shard), durationMs: profile.durationMs, profile }
}
