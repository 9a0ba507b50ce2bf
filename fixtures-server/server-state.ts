import { MersenneTwister } from './mersenne-twister.ts'
import type { ResolvedFixtureOptions } from './options.ts'

const poolBytes = 256 * 1024

/** What the routes share: the seeded source of everything random, and the options. */
export interface ServerState {
  readonly options: ResolvedFixtureOptions
  readonly random: MersenneTwister
  /** Random bytes to cut replies from: drawing each byte anew would make /bytes a test of the generator. */
  readonly pool: Buffer
}

export function makeServerState(options: ResolvedFixtureOptions): ServerState {
  const random = new MersenneTwister(options.seed)
  return { options, random, pool: new MersenneTwister(options.seed).bytes(poolBytes) }
}
