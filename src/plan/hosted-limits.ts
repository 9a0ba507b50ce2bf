import { UsageError } from '../bench-error.ts'
import type { ResolvedOpenWorkload, ResolvedWorkload } from '../scenario/resolve-scenario.ts'

/** What someone else's server gets unless more is asked for, and when load on it stops. */
export const hostedDefaults = Object.freeze({ ratePerSecond: 50, connections: 10, errorShare: 0.05 })

/** What the user asked for; undefined is the default. */
interface HostedOptions {
  /** The target is neither the bundled fixture server nor another on this machine. */
  readonly isHosted: boolean
  readonly maxRate?: number | undefined
  readonly maxConnections?: number | undefined
  /** Share of errors, 0 to 1. */
  readonly abortOn?: number | undefined
}

/** Caps on the load; undefined where there is none. */
export interface HostedLimits {
  readonly ratePerSecond: number | undefined
  readonly connections: number | undefined
  readonly errorShare: number | undefined
}

/** The caps that hold: the user's own, and for someone else's server the defaults. */
export function resolveHostedLimits({ isHosted, maxRate, maxConnections, abortOn }: HostedOptions): HostedLimits {
  return {
    ratePerSecond: maxRate ?? (isHosted ? hostedDefaults.ratePerSecond : undefined),
    connections: maxConnections ?? (isHosted ? hostedDefaults.connections : undefined),
    errorShare: abortOn ?? (isHosted ? hostedDefaults.errorShare : undefined),
  }
}

/** Throws UsageError when a rate is above its cap. */
export function checkRate(ratePerSecond: number | undefined, { ratePerSecond: most }: HostedLimits): void {
  if (ratePerSecond === undefined || most === undefined || ratePerSecond <= most) return
  throw new UsageError(
    `a rate of ${ratePerSecond} per second is above the cap of ${most}: lower it, or raise --max-rate`,
  )
}

/** Throws UsageError when a workload goes, or may go, beyond the caps. */
export function checkWorkload(workload: ResolvedWorkload, limits: HostedLimits): void {
  if (workload.model === 'open') checkRate(highestRate(workload), limits)
  const { connections } = limits
  if (workload.model !== 'closed' || connections === undefined || workload.concurrency <= connections) return
  throw new UsageError(
    `${workload.concurrency} requests under way may open as many connections, above the cap of ${connections}: lower --concurrency, or raise --max-connections`,
  )
}

/** What an open loop comes to at its busiest. */
function highestRate({ arrivalRate, stages = [] }: ResolvedOpenWorkload): number {
  return Math.max(arrivalRate, ...stages.flatMap(({ fromRate, toRate }) => [fromRate, toRate]))
}

/** When measuring under the caps has to stop; undefined when nothing is capped. */
export function makeLoadGuard({ ratePerSecond, errorShare }: HostedLimits): LoadGuard | undefined {
  if (ratePerSecond === undefined && errorShare === undefined) return undefined
  return { mostErrors: errorShare, mostPerSecond: ratePerSecond }
}

/** When load on a server has to stop, whatever else is still wanted. */
export interface LoadGuard {
  /** Share of failed iterations, 0 to 1. */
  readonly mostErrors: number | undefined
  /** Requests per second that no block may exceed: a closed loop is as fast as its target lets it be. */
  readonly mostPerSecond: number | undefined
}
