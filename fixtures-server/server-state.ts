import { BoundedMap } from './bounded-map.ts'
import { Faults } from './faults.ts'
import { MersenneTwister } from './mersenne-twister.ts'
import type { ResolvedFixtureOptions } from './options.ts'
import { Pacer } from './pacer.ts'
import { realClock } from './real-clock.ts'
import { RequestLog } from './request-log.ts'
import type { WorkQueue } from './work-queue.ts'

const poolBytes = 256 * 1024

/** What the routes share. */
export interface ServerState {
  readonly options: ResolvedFixtureOptions
  /** The seeded source of everything random. */
  readonly random: MersenneTwister
  /** Random bytes to cut replies from: drawing each byte anew would make /bytes a test of the generator. */
  readonly pool: Buffer
  /** For waits that must be exact. */
  readonly pacer: Pacer
  readonly faults: Faults
  readonly log: RequestLog
  /** Who is logged in, by session cookie. */
  readonly sessions: BoundedMap<string, string>
  /** When each token expires. */
  readonly tokens: BoundedMap<string, number>
  /** How often each id has been tried. */
  readonly attempts: BoundedMap<string, number>
  /** The sources of routes that are seeded by their query. */
  readonly sources: BoundedMap<string, MersenneTwister>
  readonly workQueues: BoundedMap<string, WorkQueue>
}

export function makeServerState(options: ResolvedFixtureOptions): ServerState {
  return {
    options,
    random: new MersenneTwister(options.seed),
    pool: new MersenneTwister(options.seed).bytes(poolBytes),
    pacer: new Pacer(realClock),
    faults: new Faults(),
    log: new RequestLog(),
    sessions: new BoundedMap(100_000),
    tokens: new BoundedMap(100_000),
    attempts: new BoundedMap(100_000),
    sources: new BoundedMap(1_000),
    workQueues: new BoundedMap(1_000),
  }
}
