import { isLoopback } from '../../fixtures-server/is-loopback.ts'
import { UsageError } from '../bench-error.ts'
import { capDefaults } from '../scenario/cap-defaults.ts'
import type { Options } from '../scenario/options.ts'
import type { ResolvedOpenWorkload, ResolvedWorkload } from '../scenario/resolve-scenario.ts'

/** Caps on the load; undefined where there is none. */
export type LoadCaps = { readonly [Name in keyof typeof capDefaults]: number | undefined }

/** The caps that hold: the user's own, and for someone else's server the defaults. */
export function resolveCaps(options: Pick<Options, keyof LoadCaps | 'externalOrigin'>): LoadCaps {
  const { maxRate, maxConnections, abortOn } = options
  const usual: Partial<LoadCaps> = isHosted(options) ? capDefaults : {}
  return {
    maxRate: maxRate ?? usual.maxRate,
    maxConnections: maxConnections ?? usual.maxConnections,
    abortOn: abortOn ?? usual.abortOn,
  }
}

/** Whether the target is neither the bundled fixture server nor another on this machine. */
export function isHosted({ externalOrigin }: Pick<Options, 'externalOrigin'>): boolean {
  return externalOrigin !== undefined && !isLoopback(new URL(externalOrigin).hostname)
}

/** Throws UsageError when a rate is above its cap. */
export function checkRate(arrivalRate: number | undefined, { maxRate }: LoadCaps): void {
  if (arrivalRate === undefined || maxRate === undefined || arrivalRate <= maxRate) return
  throw new UsageError(
    `a rate of ${arrivalRate} per second is above the cap of ${maxRate}: lower it, or raise --max-rate`,
  )
}

/** Throws UsageError when a workload goes, or may go, beyond the caps. */
export function checkWorkload(workload: ResolvedWorkload, caps: LoadCaps): void {
  if (workload.model === 'open') checkRate(highestRate(workload), caps)
  if (workload.model === 'raw' && caps.maxRate !== undefined) {
    throw new UsageError(
      `the raw engine sends as fast as answers come, and the target gets at most ${caps.maxRate} per second: say --rate`,
    )
  }
  const { maxConnections } = caps
  if (workload.model !== 'closed' || maxConnections === undefined || workload.concurrency <= maxConnections) return
  throw new UsageError(
    `${workload.concurrency} requests under way may open as many connections, above the cap of ${maxConnections}: lower --concurrency, or raise --max-connections`,
  )
}

/** What an open loop comes to at its busiest. */
function highestRate({ arrivalRate, stages = [] }: ResolvedOpenWorkload): number {
  return Math.max(arrivalRate, ...stages.flatMap(({ fromRate, toRate }) => [fromRate, toRate]))
}

/**
 * When load on a server has to stop, whatever else is still wanted: at a share of failed iterations, or beyond a rate that no
 * block may exceed, for a closed loop is as fast as its target lets it be.
 */
export type LoadGuard = Pick<LoadCaps, 'maxRate' | 'abortOn'>

/** When measuring under the caps has to stop; undefined when nothing is capped. */
export function makeLoadGuard({ maxRate, abortOn }: LoadCaps): LoadGuard | undefined {
  return maxRate === undefined && abortOn === undefined ? undefined : { abortOn, maxRate }
}
