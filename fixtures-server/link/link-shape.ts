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
   * Capacity of each direction, or of one of them, shared by the link's connections. `up` is from client to server.
   * @default unlimited
   * @example { up: 1_000_000, down: 10_000_000 }
   */
  readonly bytesPerSecond?:
    | number
    | { readonly up?: number | undefined; readonly down?: number | undefined }
    | undefined
  /**
   * Seed of the jitter.
   * @default 1
   */
  readonly seed?: number | undefined
}

const capacity = z.number().min(1_000)

/** The schema of a `LinkShape`'s fields. */
export const linkShapeFields = {
  rttMs: z.number().min(0).max(10_000),
  jitterMs: z.number().min(0).max(10_000).optional(),
  bytesPerSecond: z
    .union([capacity, z.strictObject({ up: capacity.optional(), down: capacity.optional() })])
    .optional(),
  seed: z.int().min(0).max(0xffff_ffff).optional(),
}

/** Says when a piece that enters a direction of the link now comes out of it. */
export type Transit = (nowMs: number, bytes: number) => number

/**
 * The transit rule of one direction of a link. It has a memory: a piece waits until those before it have been sent. The
 * two directions draw their jitter from seeds of their own.
 */
export function makeTransit(shape: LinkShape, direction: 'up' | 'down' = 'up'): Transit {
  const { jitterMs = 0 } = shape
  const bytesPerSecond =
    typeof shape.bytesPerSecond === 'object' ? shape.bytesPerSecond[direction] : shape.bytesPerSecond
  const seed = (shape.seed ?? 1) + (direction === 'up' ? 0 : 1)
  const random = new MersenneTwister(seed)
  let freeAtMs = 0
  return (nowMs, bytes) => {
    const startMs = Math.max(nowMs, freeAtMs)
    freeAtMs = bytesPerSecond === undefined ? nowMs : startMs + (bytes / bytesPerSecond) * 1_000
    // Read each time: a link can be given another distance while it is open.
    return freeAtMs + shape.rttMs / 2 + (jitterMs > 0 ? jitterMs * random.next() : 0)
  }
}
