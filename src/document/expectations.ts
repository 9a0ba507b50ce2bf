import type { ContrastResult } from '../judge/judge-comparison.ts'
import { localPartOf } from '../judge/local-part.ts'
import { othersShareOf } from '../judge/others-share.ts'
import { countRoundTrips } from '../plan/round-trips.ts'
import type { Expectation, RoundTrips, SweepValue } from '../scenario/scenario-parts.ts'
import { defined } from '../session/defined.ts'
import { describeOwnCost, requestsPerIteration } from './explain-cause.ts'
import { explainSurprise } from './explain-surprise.ts'
import type { ArmResult, ComparisonResult, ExpectationResult } from './model.ts'
import type { RoundTripRow } from './round-trip-row.ts'

/** A comparison before its expectations are judged. */
type Judged = Omit<ComparisonResult, 'expectations'>

/** What of a scenario's description says how it ought to come out. */
interface ExpectedOutcome {
  readonly expect: readonly Expectation[]
  readonly roundTrips: Readonly<Record<string, RoundTrips>>
}

/** From this distance on the model counts; below it the work of sockets and cryptography does. */
const shortestModelRttMs = 20
/** A model within this of the measurement has come out. */
const modelTolerance = 0.05

/**
 * The round-trip model beside the measurement: an iteration costs so many round trips, and what it takes without distance,
 * measured in the same run: at the pace that it has at the distance, else at 0 ms. One row for each arm of each comparison
 * that has a distance.
 */
export function makeRoundTripRows(
  comparisons: readonly ComparisonResult[],
  roundTrips: ExpectedOutcome['roundTrips'],
  cpuCount: number,
): RoundTripRow[] {
  const distant = comparisons.filter(({ target, validity }) => target.rttMs > 0 && validity !== 'invalid')
  return distant.flatMap((comparison) => {
    const othersCpuShare = othersShareOf(comparison.blocks, cpuCount) ?? null
    const rows = comparison.arms.flatMap((arm) => {
      const count = countRoundTrips(roundTrips[arm.variant], comparison.target.protocol)
      if (count === undefined || arm.latency.count === 0) return []
      const atPace = localPartOf(comparison.local, arm.id)
      const localUs = atPace?.p50Us ?? findLocalUs(comparisons, comparison, arm)
      const machine = { linkLateUs: atPace?.linkLateUs ?? null, othersCpuShare }
      return [makeRow({ comparison, arm, count, localUs, machine })]
    })
    return rows.map((row) => judgeRow(row, rows, comparison))
  })
}

interface RowParts {
  readonly comparison: ComparisonResult
  readonly arm: ArmResult
  readonly count: number
  readonly localUs: number | undefined
  readonly machine: Pick<RoundTripRow, 'linkLateUs' | 'othersCpuShare'>
}

type UnjudgedRow = Omit<RoundTripRow, 'ratio' | 'cameOut' | 'reasons'>

function makeRow({ comparison, arm, count, localUs, machine }: RowParts): UnjudgedRow {
  const { id, target } = comparison
  const modelUs = count * target.rttMs * 1_000 + (localUs ?? 0)
  const measuredUs = arm.latency.p50Us
  return {
    ...{ comparison: id, arm: arm.id, roundTrips: count, rttMs: target.rttMs },
    ...{ localUs: localUs ?? null, modelUs, measuredUs, differs: measuredUs / modelUs - 1 },
    ...machine,
  }
}

/** What the model is judged by is the ratio: what every request costs besides is in both arms. */
function judgeRow(row: UnjudgedRow, rows: readonly UnjudgedRow[], comparison: ComparisonResult): RoundTripRow {
  const contrast = comparison.contrasts.find(({ arm }) => arm === row.arm)
  const baseline = rows.find(({ arm }) => arm === contrast?.baseline)
  if (contrast === undefined || baseline === undefined) return { ...row, ratio: null, cameOut: null, reasons: [] }
  const model = baseline.modelUs / row.modelUs
  const measured = baseline.measuredUs / row.measuredUs
  const isWithin = Math.abs(measured / model - 1) <= modelTolerance
  return {
    ...row,
    ratio: { baseline: baseline.arm, model, measured },
    cameOut: row.rttMs < shortestModelRttMs ? null : isWithin,
    reasons: isWithin
      ? []
      : [
          ...explainLocal(row, baseline),
          ...explainConnections([baseline, row], armsOf(comparison, contrast)),
          ...explainSurprise(comparison, armsOf(comparison, contrast), {
            off: Math.max(measured / model, model / measured),
            worse: measured > model ? baseline.arm : row.arm,
          }),
        ],
  }
}

/** The model is short of what was not measured; an arm that was faster than it refutes that this is all. */
function explainLocal(...rows: readonly UnjudgedRow[]): string[] {
  const isShort = rows.some(({ localUs }) => localUs === null) && rows.every(({ differs }) => differs >= 0)
  return isShort ? ['what an iteration takes without distance was not measured: --rtt 0 beside the others does'] : []
}

/** A model of one round trip for each request has no room for those of connections. */
function explainConnections(rows: readonly UnjudgedRow[], arms: readonly ArmResult[]): string[] {
  return rows.flatMap((row) => {
    const arm = arms.find(({ id }) => id === row.arm)
    if (arm === undefined || Math.abs(requestsPerIteration(arm) - row.roundTrips) > sameCount) return []
    const paid = describeOwnCost(arm)
    return paid === undefined ? [] : [`${paid}, which the model has none of`]
  })
}

/** Counts of requests per iteration that differ by less are the same. */
const sameCount = 0.05

/** A client busier than this without distance makes its workers queue for the CPU: waiting is not what takes the time. */
const queuingFrom = 0.5

/**
 * What an iteration takes without distance, in the same run. Workers that queue for the CPU there wait for each other as they
 * do not at a distance; of such an arm it is the time per iteration, 1 ÷ throughput, and of others the p50.
 */
function findLocalUs(
  comparisons: readonly ComparisonResult[],
  { target }: ComparisonResult,
  { id }: ArmResult,
): number | undefined {
  const local = comparisons.find((other) => other.target.rttMs === 0 && other.target.protocol === target.protocol)
  const arm = local?.arms.find((other) => other.id === id)
  if (arm === undefined || arm.latency.count === 0) return undefined
  const { eventLoopUtilization, throughputPerSecond, latency } = arm
  const isQueuing = local?.workload.model === 'closed' && eventLoopUtilization > queuingFrom
  return isQueuing ? Math.min(latency.p50Us, 1_000_000 / throughputPerSecond) : latency.p50Us
}

/** What a scenario expected of a comparison, and whether it came out. */
export function judgeExpectations(
  comparison: Judged,
  { expect }: Pick<ExpectedOutcome, 'expect'>,
): ExpectationResult[] {
  if (comparison.validity === 'invalid') return []
  return expect
    .filter((expectation) => appliesTo(expectation, comparison))
    .flatMap((expectation) =>
      comparison.arms
        .filter((arm) => isMeant(expectation, arm))
        .flatMap((arm) => {
          const contrast = comparison.contrasts.find((other) => other.arm === arm.id)
          return contrast === undefined ? [] : [judgeExpectation(expectation, comparison, contrast)]
        }),
    )
}

function appliesTo({ protocol, minRttMs = 0 }: Expectation, { target }: Judged): boolean {
  return target.rttMs >= minRttMs && (protocol === undefined || protocol === target.protocol)
}

function isMeant({ variant, params = {} }: Expectation, arm: ArmResult): boolean {
  const sameValue = ([name, value]: [string, SweepValue]) => arm.params[name] === value
  return arm.variant === variant && Object.entries(params).every(sameValue)
}

function judgeExpectation(expectation: Expectation, comparison: Judged, contrast: ContrastResult): ExpectationResult {
  const { ratio: expected, metric = comparison.primaryMetric } = expectation
  const { arm, baseline } = contrast
  const found = [contrast.primary, ...contrast.metrics].find((other) => other.metric.name === metric)
  const { min = 0, max = Number.POSITIVE_INFINITY } = expected
  const { ratio, interval, range: seen, units = 0 } = found ?? {}
  // Without an interval what every unit showed; one alone shows nothing of how much they vary.
  const range = interval ?? (units > 1 ? seen : undefined)
  const isOutside = range !== undefined && (range.low > max || range.high < min)
  const isInside = ratio !== undefined && ratio >= min && ratio <= max
  const state = isInside ? 'came out' : isOutside ? 'did not come out' : 'unclear'
  return {
    ...{ arm, baseline, metric, expected },
    ...defined({ ratio }),
    state,
    ...defined({ because: expectation.because }),
    reasons:
      state === 'did not come out'
        ? explainSurprise(comparison, armsOf(comparison, contrast), {
            ...{ metric, off: offBy(ratio ?? 1, { min, max }) },
            worse: (ratio ?? 1) > max === (found?.metric.better === 'lower') ? arm : baseline,
          })
        : [],
  }
}

/** How many times as much, or as little, as the nearest that was expected. */
function offBy(ratio: number, { min, max }: { readonly min: number; readonly max: number }): number {
  return ratio > max ? ratio / max : min / ratio
}

function armsOf({ arms }: Judged, { arm, baseline }: ContrastResult): ArmResult[] {
  return arms.filter(({ id }) => id === arm || id === baseline)
}
