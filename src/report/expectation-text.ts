import { formatMs, formatRatio, formatSignedPercent } from './format.ts'
import type { ComparisonResult, ExpectationResult, ScenarioResult } from './model.ts'
import type { RoundTripRow } from './round-trip-row.ts'
import { type Column, renderRows } from './rows.ts'
import type { Paint } from './table.ts'
import { wrapText } from './wrap-text.ts'

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
  const isAtPace = roundTripModel.some(({ linkLateUs }) => linkLateUs !== null)
  const title = `The model: p50 = round trips × RTT + what an iteration takes without distance (local${isAtPace ? ', at the same pace: the distance taken out of the link and put between iterations' : ''}).`
  const ratios = roundTripModel.flatMap(renderRatio)
  const surprises = roundTripModel
    .filter(({ cameOut }) => cameOut === false)
    .flatMap((row) => {
      const measured = comparisons.find(({ id }) => id === row.comparison)
      return renderSurprise(row, hasPhases(measured?.arms ?? []))
    })
  const notes = [...ratios, ...surprises.map((surprise) => paint('yellow', surprise))]
  const table = renderRows(roundTripModel, columns, paint)
  return [wrapText(title, width), table, ...notes.map((note) => wrapText(note, width, '  ')), '']
}

/** A machine that keeps the distance less well than to this share of it has no ratio of three digits. */
const preciseTo = 0.01

function renderRatio({ comparison, arm, ratio, rttMs, linkLateUs }: RoundTripRow): string[] {
  if (ratio === null) return []
  const { baseline, model, measured } = ratio
  const late = (linkLateUs ?? 0) / 1_000
  const isRough = late > preciseTo * rttMs
  const [byModel, seen] = isRough
    ? [`about ${model.toPrecision(2)}×`, `about ${measured.toPrecision(2)}×`]
    : [`${formatRatio(model)}×`, `${formatRatio(measured)}×`]
  const why = isRough
    ? `; this machine woke up late: a round trip over the link took ${formatMs(late * 1_000)} ms longer than its ${rttMs} ms at the median`
    : ''
  return [`${comparison}: ${baseline} ÷ ${arm} by the model ${byModel}, measured ${seen}${why}`]
}

function renderSurprise({ comparison, ratio, reasons }: RoundTripRow, isTraced: boolean): string[] {
  if (ratio === null) return []
  const likely = listReasons(reasons, isTraced)
  return [
    `${comparison}: expected ${formatRatio(ratio.model)}×, measured ${formatRatio(ratio.measured)}×. Likely reason: ${likely}`,
  ]
}
