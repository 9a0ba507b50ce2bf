import { nameFailure } from '../../report/failure-words.ts'
import { Histogram } from '../../sample/histogram.ts'
import type { PhaseSummary } from '../../sample/summarize-phases.ts'
import { defined } from '../../session/defined.ts'
import { sumOf } from '../../statistics/sum-of.ts'
import { formatRate } from '../../words/format.ts'
import { meanBusy, meanIdle } from '../search/client-limit.ts'
import { isToldByProbe } from '../search/judge-gain.ts'
import type { Alternative, LimitEvidence, SeenFailures } from '../search/judge-limit.ts'
import { findLarger, type LargerSize } from '../search/larger-sizes.ts'
import { gainOf, type ProbeKind } from '../search/limit-probe.ts'
import type { Setting } from '../search/setting.ts'
import type { TuningRun } from '../tuning-run.ts'
import { blocksOf } from './make-rows.ts'
import type { TuningProbe, TuningRow } from './model.ts'

interface Seen {
  readonly sizes: readonly TuningRow[]
  readonly rates: readonly TuningRow[]
  readonly probes: readonly TuningProbe[]
  readonly traced: PhaseSummary | undefined
}

/** What there is to tell the limit of the chosen setting from; what was not looked at is left out. */
export function gatherEvidence(run: TuningRun, seen: Seen): LimitEvidence {
  const { conclusion, search, rounds, probes } = run
  const { setting } = conclusion
  if (setting === undefined) return { failures: [] }
  const row = seen.sizes.find(({ id }) => id === setting.id)
  const { next, most } = findLarger(search, rounds, setting.id)
  const { traced } = seen
  const twice = (kind: ProbeKind, size: number) => readProbe(run, seen, { kind, size })
  return {
    failures: findFailures(run, seen, next),
    larger: clearest(readLarger(seen, most, row), twice('larger', 2 * setting.size)),
    busier: twice('busier', 2 * (run.underWay ?? setting.size)),
    process: twice('process', 2),
    ...(rounds.length > 0 && { clientBusy: meanBusy(setting, rounds) }),
    machineIdle: meanIdle(probes),
    latencyUs: traced?.p50.latencyUs ?? row?.p50Us,
    roundTripUs: findRoundTrip(run, traced),
    bodyShare: traced && (traced.p50.phasesUs.body ?? 0) / Math.max(1, traced.p50.latencyUs),
    bandwidthUsed: findBandwidthUsed(run, setting),
  }
}

function readLarger(
  { sizes }: Seen,
  most: LargerSize | undefined,
  own: TuningRow | undefined,
): Alternative | undefined {
  const row = sizes.find(({ id }) => id === most?.id)
  if (most?.gain === undefined || row === undefined || own === undefined) return undefined
  const broken = most.broken.map(({ text }) => text)
  return { size: most.size, gain: most.gain, latencyRatio: ratioOf(row.p50Us, own.p50Us), broken }
}

/** What the rounds leave open was tried beside. */
function clearest(ofRounds: Alternative | undefined, probed: Alternative | undefined): Alternative | undefined {
  if (probed === undefined || !isToldByProbe(ofRounds?.gain, probed.gain)) return ofRounds ?? probed
  // A probe is not asked whether it meets the objective.
  return { ...probed, ...defined({ broken: ofRounds?.broken }) }
}

function readProbe(
  { probes }: TuningRun,
  seen: Seen,
  { kind, size }: { readonly kind: ProbeKind; readonly size: number },
): Alternative | undefined {
  const [row, same] = [kind, 'same'].map((each) => seen.probes.find((probe) => probe.kind === each))
  if (row === undefined || same === undefined) return undefined
  return { size, gain: gainOf(probes, kind), latencyRatio: ratioOf(row.p50Us, same.p50Us) }
}

function ratioOf(us: number, overUs: number): number | undefined {
  return us > 0 && overUs > 0 ? us / overUs : undefined
}

/**
 * What fails beyond the chosen size or rate: at the next larger size, at a rate that was not held for it, or at every size of
 * a closed loop. What fails at much larger sizes only, while those between carry no more, is no limit of this one.
 */
function findFailures({ conclusion, search }: TuningRun, seen: Seen, next: LargerSize | undefined): SeenFailures[] {
  const { setting } = conclusion
  const isOfErrors = (row: TuningRow) =>
    search.objective.some(({ metric, text }) => metric.kind === 'errors' && row.broken.includes(text))
  const own = seen.sizes.find(({ id }) => id === setting?.id)
  if (own !== undefined && isOfErrors(own)) return describeRows([own], `${own.id} at full speed`)
  if (next?.broken.some(({ metric }) => metric.kind === 'errors')) {
    const beyond = seen.sizes.filter((row) => row.size >= next.size && isOfErrors(row))
    return describeRows(beyond, beyond.length === 1 ? next.id : `${next.id} and more`)
  }
  const tooMany = search.objective.flatMap(({ metric, limit }) => (metric.kind === 'errors' ? [limit] : []))[0]
  const probe = seen.probes.find(({ kind }) => kind === 'larger')
  if (setting !== undefined && probe !== undefined && failedShare(probe) > Math.max(tooMany ?? 0, 0.01)) {
    return describeRows([probe], `${search.space.sizeName}=${2 * setting.size}`)
  }
  const rated = seen.rates.filter((row) => row.id === setting?.id && row.cause === 'objective' && isOfErrors(row))
  const [lowest] = rated.toSorted((a, b) => (a.ratePerSecond ?? 0) - (b.ratePerSecond ?? 0))
  return lowest === undefined ? [] : describeRows([lowest], `${formatRate(lowest.ratePerSecond ?? 0)} per second`)
}

type Counted = Pick<TuningRow, 'succeeded' | 'failed' | 'failures'>

function failedShare({ succeeded, failed }: Counted): number {
  return failed / Math.max(1, succeeded + failed)
}

function describeRows(rows: readonly Counted[], where: string): SeenFailures[] {
  const of = sumOf(rows, ({ succeeded, failed }) => succeeded + failed)
  const groups = Map.groupBy(
    rows.flatMap(({ failures }) => failures),
    nameFailure,
  )
  const kinds = [...groups].map(([kind, same]) => {
    const count = sumOf(same, (failure) => failure.count)
    return { kind, count, of, message: same[0]?.message ?? '', where }
  })
  return kinds.sort((a, b) => b.count - a.count)
}

/**
 * The kernel opens a connection in one round trip. The quickest counts: a busy client or server makes others later. Over an emulated link connections open at once, and its
 * round trip is known.
 */
function findRoundTrip({ plan, traced }: TuningRun, summary: PhaseSummary | undefined): number {
  const connect = traced === undefined ? undefined : summary?.histograms.connect
  const quickestUs = connect === undefined ? 0 : Histogram.decode(connect.encoded).percentileUs(0)
  const heldUpUs = traced?.block.eventLoopDelayMaxUs ?? 0
  return Math.max(plan.target.rttMs * 1_000, connectAsRoundTrip(quickestUs, heldUpUs))
}

/** How long a connection took to open, µs, or 0 where the client was held up for so long that this says nothing. */
export function connectAsRoundTrip(quickestUs: number, heldUpUs: number): number {
  return heldUpUs < mostHeldUp * quickestUs ? quickestUs : 0
}

/** Of what it took: 64 connections that are asked for at once all seem to take as long as a client that then does nothing. */
const mostHeldUp = 0.5

/** Bytes that came in the chosen setting's rounds, per second, by what an emulated link carries. */
function findBandwidthUsed({ plan, blocks }: TuningRun, setting: Setting): number | undefined {
  const { target } = plan
  if (target.kind !== 'fixture') return undefined
  const { bytesPerSecond } = target.conditions ?? {}
  const down = typeof bytesPerSecond === 'object' ? bytesPerSecond.down : bytesPerSecond
  // The bundled server without a link has no bandwidth to use up.
  if (down === undefined) return 0
  const own = blocksOf(blocks, setting).map(({ block }) => block)
  const bytes = sumOf(own, ({ wire }) => wire.bytesReceived)
  const seconds = sumOf(own, ({ elapsedMs }) => elapsedMs) / 1_000
  return seconds === 0 ? undefined : bytes / seconds / down
}
