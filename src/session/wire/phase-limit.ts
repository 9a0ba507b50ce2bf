import type { WireTimeouts } from './transport.ts'

/**
 * The phases of one exchange that have a limit of their own: waiting for a connection to come free, for one that is opened for
 * somebody else too, for the headers, for more of the body.
 */
export type Phase = 'pool' | 'connect' | 'headers' | 'body'

/** What a limited one has to have; the fields are this file's own business. */
export interface Limited {
  readonly request: { readonly timeouts: WireTimeouts }
  phase: Phase | undefined
  /** How long the phase has lasted by the sweep's count. */
  lastedMs: number
  timer: NodeJS.Timeout | undefined
  /** The limit of its phase has run out. */
  expire(phase: Phase): void
}

/** Shorter limits than this have a timer each; longer ones are counted in the sweep's steps, and cost a request nothing. */
const PRECISE_BELOW_MS = 10_000

/** No sweep has come by yet: so that a limit never runs out early, the first one counts nothing. */
export const UNSWEPT = -1

/** Starts the limit of a phase; the one before is over. */
export function startPhase(one: Limited, phase: Phase | undefined): void {
  if (one.timer !== undefined) clearTimeout(one.timer)
  one.timer = undefined
  one.phase = phase
  one.lastedMs = UNSWEPT
  if (phase === undefined) return
  const limitMs = one.request.timeouts[phase]
  if (isPrecise(limitMs)) one.timer = setTimeout(() => one.expire(phase), limitMs)
}

/** The other side has shown life: the limit starts again. */
export function refreshPhase(one: Limited): void {
  one.lastedMs = UNSWEPT
  one.timer?.refresh()
}

/** A step has passed. */
export function sweepPhase(one: Limited, stepMs: number): void {
  const { phase } = one
  if (phase === undefined) return
  one.lastedMs = one.lastedMs === UNSWEPT ? 0 : one.lastedMs + stepMs
  const limitMs = one.request.timeouts[phase]
  if (limitMs > 0 && !isPrecise(limitMs) && one.lastedMs >= limitMs) one.expire(phase)
}

function isPrecise(limitMs: number): boolean {
  return limitMs > 0 && limitMs < PRECISE_BELOW_MS
}
