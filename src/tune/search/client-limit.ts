import { saturatedLoop } from '../../judge/find-saturated.ts'
import { sumOf } from '../../statistics/sum-of.ts'
import { type Gain, isToldByProbe, stateOf } from './judge-gain.ts'
import { findLarger } from './larger-sizes.ts'
import { gainOf, type ProbeRound } from './limit-probe.ts'
import type { Setting } from './setting.ts'
import type { SizeRound, SizeSearch, Tried } from './size-search.ts'

/** Less than this share of the machine's time idle, and one process takes from another. */
export const leastIdle = 0.1

/** A client with so much of its time left is not what another process takes the core from, nor what keeps it from more. */
export const easyClient = 0.5

/** What each carries more than the chosen setting; what was not tried is absent. */
interface Gains {
  readonly larger?: Gain | undefined
  readonly busier?: Gain | undefined
  readonly process?: Gain | undefined
}

/** Twice as many requests under way carry no more in one process, and more in two: what kept them back is the one. */
export function isOutdone({ larger, busier, process }: Gains, clientBusy: number): boolean {
  return clientBusy > easyClient && stateOf(busier ?? larger) === 'no more' && stateOf(process) === 'more'
}

/**
 * The client had no time left, and nothing shows that the target had none either: its figures may be the client's own. It is
 * shown by a second client process that carries no more, on a machine that has time for it. Where one carries more that can
 * only be for being another, they are the client's own.
 */
export function isClientLimited({ setting }: Tried, { search, rounds, probes }: ClientHistory): boolean {
  const busy = meanBusy(setting, rounds)
  const [probed, busier, process] = (['larger', 'busier', 'process'] as const).map((kind) => gainOf(probes, kind))
  // What the rounds have told is not probed.
  const ofRounds = findLarger(search, rounds, setting.id).most?.gain
  const larger = isToldByProbe(ofRounds, probed) ? probed : ofRounds
  if (isOutdone({ larger, busier, process }, busy)) return true
  if (busy <= saturatedLoop) return false
  const isRefuted = stateOf(gainOf(probes, 'process')) === 'no more' && (meanIdle(probes) ?? 0) >= leastIdle
  return !isRefuted
}

/** Where a client shows how busy it was. */
interface ClientHistory {
  readonly search: SizeSearch
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
