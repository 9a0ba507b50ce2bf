import { z } from 'zod'
import { FixtureError } from './fixture-error.ts'
import { drawMs, type Law, lawSchema } from './law.ts'
import { MersenneTwister } from './mersenne-twister.ts'

/** What is to go wrong, for every request on every listener. All rates are probabilities. */
export interface FaultPlan {
  /** Freezes all replies for the last `forMs` of every `everyMs`. */
  readonly stall?: { readonly everyMs: number; readonly forMs: number } | undefined
  /** Extra time before each reply. */
  readonly latency?: Law | undefined
  /** Answered with `errorStatus` instead. */
  readonly errorRate?: number | undefined
  /** @default 503 */
  readonly errorStatus?: number | undefined
  /** The connection is reset instead of answering. */
  readonly resetRate?: number | undefined
  /** As `resetRate`, but only for requests on a connection that has carried one before. */
  readonly resetReused?: number | undefined
  /** @default 1 */
  readonly seed?: number | undefined
}

/** What befalls one request: a wait, then its answer, an error or a reset. */
export interface Fault {
  readonly waitMs: number
  readonly outcome: 'answer' | 'reset' | { readonly status: number }
}

const rate = z.number().min(0).max(1).optional()
const schema = z
  .strictObject({
    stall: z.strictObject({ everyMs: z.number().positive(), forMs: z.number().positive() }).optional(),
    latency: lawSchema.optional(),
    errorRate: rate,
    errorStatus: z.int().min(200).max(999).optional(),
    resetRate: rate,
    resetReused: rate,
    seed: z.int().min(0).max(0xffff_ffff).optional(),
  })
  .refine(({ stall }) => !stall || stall.forMs < stall.everyMs, {
    path: ['stall', 'forMs'],
    error: 'must be shorter than everyMs',
  })

/** Reads a fault plan from anywhere; throws a `FixtureError` that names every problem. */
export function readFaultPlan(plan: unknown): FaultPlan {
  const read = schema.safeParse(plan)
  if (read.success) return read.data
  const problems = read.error.issues.map((issue) => `${issue.path.join('.') || 'faults'}: ${issue.message}`)
  throw new FixtureError('bad-option', `Bad faults: ${problems.join('; ')}`)
}

/** The faults of a server; none until a plan is set. The same plan and the same requests give the same faults. */
export class Faults {
  #plan: FaultPlan | undefined
  #random = new MersenneTwister(1)
  #startedMs = 0

  get plan(): FaultPlan | undefined {
    return this.#plan
  }

  set(plan: FaultPlan | undefined, nowMs: number): void {
    this.#plan = plan
    this.#random = new MersenneTwister(plan?.seed ?? 1)
    this.#startedMs = nowMs
  }

  /** What befalls a request that arrives now as the `nth` on its connection. */
  next(nth: number, nowMs: number): Fault {
    if (!this.#plan) return { waitMs: 0, outcome: 'answer' }
    const { latency, stall, errorRate = 0, errorStatus = 503, resetRate = 0, resetReused = 0 } = this.#plan
    // Always the same number of draws, so that one rate does not change what the others do.
    const [error, reset] = [this.#random.next() < errorRate, this.#random.next()]
    const latencyMs = latency ? drawMs(latency, this.#random) : 0
    const isReset = reset < (nth > 1 ? Math.max(resetRate, resetReused) : resetRate)
    const waitMs = latencyMs + (stall ? stalledMs(stall, nowMs + latencyMs - this.#startedMs) : 0)
    return { waitMs, outcome: isReset ? 'reset' : error ? { status: errorStatus } : 'answer' }
  }
}

function stalledMs({ everyMs, forMs }: { everyMs: number; forMs: number }, sinceMs: number): number {
  const leftMs = everyMs - (sinceMs % everyMs)
  return leftMs <= forMs ? leftMs : 0
}
