import type { ComparisonResult, ExpectationResult, ScenarioResult } from '../document/model.ts'
import type { RoundTripRow } from '../document/round-trip-row.ts'
import { formatMs, formatRatio, formatShare, formatSignedPercent } from '../words/format.ts'
import type { Paint } from '../words/paint.ts'
import { type Column, renderRows } from '../words/rows.ts'
import { wrapText } from '../words/wrap-text.ts'

/** One line for each expectation: whether it came out, and if not, why it may not have. */
export function renderExpectations({ expectations, arms }: ComparisonResult, paint: Paint): string[] {
  const isTraced = hasPhases(arms)
  return expectations.map((expectation) => {
    const { arm, baseline, metric, state, ratio, because } = expectation
    const label = paint(state === 'came out' ? 'green' : 'yellow', state === 'came out' ? 'as expected' : state)
    const measured = ratio === undefined ? 'nothing was measured' : `measured ${formatRatio(ratio)}`
    // Why it was expected is no reason for what was measured, also where that is as expected: nobody looked for another.
    const why = because === undefined ? '' : ` (${because})`
    const what = `expected ${arm} ÷ ${baseline} in ${metric} ${describeRange(expectation)}${why}, ${measured}`
    return `${label}: ${what}${describeReasons(expectation, isTraced)}`
  })
}

function describeRange({ expected: { min, max } }: ExpectationResult): string {
  if (min !== undefined && max !== undefined) return `from ${formatRatio(min)} to ${formatRatio(max)}`
  return max === undefined ? `at least ${formatRatio(min ?? 0)}` : `at most ${formatRatio(max)}`
}

function describeReasons({ state, reasons }: Pick<ExpectationResult, 'state' | 'reasons'>, isTraced: boolean): string {
  return state === 'did not come out' ? `. Likely reason: ${listReasons(reasons, isTraced)}` : ''
}

function listReasons(reasons: readonly string[], isTraced: boolean): string {
  if (reasons.length > 0) return reasons.join('; ')
  return isTraced ? 'none that phases, CPU or errors show' : 'none that CPU or errors show (--phases may)'
}

function hasPhases(arms: ComparisonResult['arms']): boolean {
  return arms.some(({ phases }) => phases !== undefined)
}

const columns: readonly Column<RoundTripRow>[] = [
  { head: 'target', cell: ({ comparison }) => comparison },
  { head: 'arm', cell: ({ arm }) => arm },
  { head: 'round\ntrips', cell: ({ roundTrips }) => String(roundTrips) },
  { head: 'local\nms', cell: ({ localUs }) => (localUs === null ? '–' : formatMs(localUs)) },
  { head: 'model\nms', cell: ({ modelUs }) => formatMs(modelUs) },
  { head: 'measured\nms', cell: ({ measuredUs }) => formatMs(measuredUs) },
  { head: 'differs', cell: ({ differs }) => `${formatSignedPercent(differs * 100)} %` },
]

/** The model beside the measurement, arm by arm and as ratios to the baseline, and what did not come out. */
export function renderRoundTripModel(
  { roundTripModel, comparisons }: ScenarioResult,
  { width, paint }: { readonly width: number; readonly paint: Paint },
): string[] {
  if (roundTripModel.length === 0) return []
  const isAtPace = roundTripModel.some(({ linkLateUs = null }) => linkLateUs !== null)
  const title = `The model: p50 = round trips × RTT + what an iteration takes without distance (local${isAtPace ? ', at the same pace: the distance taken out of the link and put between iterations' : ''}).`
  const ratios = roundTripModel.flatMap((row) => renderRatio(row, roundTripModel))
  const surprises = roundTripModel
    .filter(({ cameOut }) => cameOut === false)
    .flatMap((row) => {
      const measured = comparisons.find(({ id }) => id === row.comparison)
      return renderSurprise(row, makeShow(isRough(row, roundTripModel)), hasPhases(measured?.arms ?? []))
    })
  const notes = [...ratios, ...surprises.map((surprise) => paint('yellow', surprise))]
  const table = renderRows(roundTripModel, columns, paint)
  return [wrapText(title, width), table, ...notes.map((note) => wrapText(note, width, '  ')), '']
}

/** A run that keeps the distance less well than to this share of it, or the model than to that, has no ratio of three digits. */
const linkKeptTo = 0.01
const modelKeptTo = 0.02
/** What others use of a machine that is left to the run. */
const quietShare = 0.1

function renderRatio(row: RoundTripRow, rows: readonly RoundTripRow[]): string[] {
  const { comparison, arm, ratio } = row
  if (ratio === null) return []
  const rough = isRough(row, rows)
  const show = makeShow(rough)
  const why = rough ? describeLate(row) + describeOthers(row) : ''
  const names = `${comparison}: ${ratio.baseline} ÷ ${arm}`
  return [`${names} by the model ${show(ratio.model)}, measured ${show(ratio.measured)}${why}`]
}

function isRough(row: RoundTripRow, rows: readonly RoundTripRow[]): boolean {
  const { comparison, ratio } = row
  const baseline = rows.find((other) => other.comparison === comparison && other.arm === ratio?.baseline)
  const off = Math.max(...[row, baseline ?? row].map(({ differs }) => Math.abs(differs)))
  return off > modelKeptTo || isLate(row)
}

function isLate({ rttMs, linkLateUs }: RoundTripRow): boolean {
  return (linkLateUs ?? 0) > linkKeptTo * rttMs * 1_000
}

function makeShow(rough: boolean): (ratio: number) => string {
  return rough ? (ratio) => `about ${Number(ratio.toPrecision(2))}×` : (ratio) => `${formatRatio(ratio)}×`
}

function describeLate(row: RoundTripRow): string {
  if (!isLate(row)) return ''
  const { rttMs, linkLateUs } = row
  return `; this machine woke up late: a round trip over the link took ${formatMs(linkLateUs ?? 0)} ms longer than its ${rttMs} ms at the median`
}

function describeOthers({ othersCpuShare = null }: RoundTripRow): string {
  if (othersCpuShare === null || othersCpuShare <= quietShare) return ''
  return `; others used ${formatShare(othersCpuShare)} of this machine's CPU time meanwhile: what sleeps may wake up late beside them`
}

function renderSurprise(
  { comparison, ratio, reasons }: RoundTripRow,
  show: (ratio: number) => string,
  isTraced: boolean,
): string[] {
  if (ratio === null) return []
  const likely = listReasons(reasons, isTraced)
  return [`${comparison}: expected ${show(ratio.model)}, measured ${show(ratio.measured)}. Likely reason: ${likely}`]
}
