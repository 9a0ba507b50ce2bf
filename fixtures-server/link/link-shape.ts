import { z } from 'zod'
import { MersenneTwister } from '../mersenne-twister.ts'

/** What a link adds to the path to a listener. */
export interface LinkShape {
  /** Added round-trip time. A new TCP connection costs one, as does every exchange over it. */
  readonly rttMs: number
  /**
   * Every piece takes up to this much longer, uniformly; order is kept.
   * @default 0
   */
  readonly jitterMs?: number | undefined
  /**
   * Capacity of each direction, shared by the link's connections.
   * @default unlimited
   */
  readonly bytesPerSecond?: number | undefined
  /**
   * Seed of the jitter.
   * @default 1
   */
  readonly seed?: number | undefined
}

/** The schema of a `LinkShape`'s fields. */
export const linkShapeFields = {
  rttMs: z.number().min(0).max(10_000),
  jitterMs: z.number().min(0).max(10_000).optional(),
  bytesPerSecond: z.number().min(1_000).optional(),
  seed: z.int().min(0).max(0xffff_ffff).optional(),
}

/** Says when a piece that enters a direction of the link now comes out of it. */
export type Transit = (nowMs: number, bytes: number) => number

/** The transit rule of one direction of a link. It has a memory: a piece waits until those before it have been sent. */
export function makeTransit({ rttMs, jitterMs = 0, bytesPerSecond, seed = 1 }: LinkShape): Transit {
  const random = new MersenneTwister(seed)
  let freeAtMs = 0
  return (nowMs, bytes) => {
    const startMs = Math.max(nowMs, freeAtMs)
    freeAtMs = bytesPerSecond === undefined ? nowMs : startMs + (bytes / bytesPerSecond) * 1_000
    return freeAtMs + rttMs / 2 + (jitterMs > 0 ? jitterMs * random.next() : 0)
  }
}
