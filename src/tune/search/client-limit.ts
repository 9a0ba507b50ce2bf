import { saturatedLoop } from '../../judge/find-saturated.ts'
import { sumOf } from '../../statistics/sum-of.ts'
import { gainOf, type ProbeRound, stateOf } from './limit-probe.ts'
import type { Setting } from './setting.ts'
import type { SizeRound, Tried } from './size-search.ts'

/** Less than this share of the machine's time idle, and one process takes from another. */
export const leastIdle = 0.1

/**
 * The client had no time left, and nothing shows that the target had none either: its figures may be the client's own. It is
 * shown by a second client process that carries no more, on a machine that has time for it.
 */
export function isClientLimited({ setting }: Tried, { rounds, probes }: ClientHistory): boolean {
  if (meanBusy(setting, rounds) <= saturatedLoop) return false
  const isRefuted = stateOf(gainOf(probes, 'process')) === 'no more' && (meanIdle(probes) ?? 0) >= leastIdle
  return !isRefuted
}

/** Where a client shows how busy it was. */
interface ClientHistory {
  readonly rounds: readonly SizeRound[]
  readonly probes: readonly ProbeRound[]
}

/** How busy the client was with a setting, 0 to 1: its event loop, or its core. */
export function meanBusy({ id }: Setting, rounds: readonly SizeRound[]): number {
  const busy = rounds.flat().filter(({ setting }) => setting.id === id)
  return sumOf(busy, ({ clientBusy }) => clientBusy) / Math.max(1, busy.length)
}

/** Of all cores, while two client processes were at work; undefined where the machine does not tell. */
export function meanIdle(probes: readonly ProbeRound[]): number | undefined {
  const idle = probes.flat().flatMap(({ kind, machineIdle }) => (kind === 'process' ? (machineIdle ?? []) : []))
  return idle.length === 0 ? undefined : sumOf(idle) / idle.length
}
