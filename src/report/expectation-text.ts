import { formatMs, formatRatio, formatSignedPercent } from './format.ts'
import type { ComparisonResult, ExpectationResult, RoundTripRow, ScenarioResult } from './model.ts'
import { type Column, renderRows } from './rows.ts'
import type { Paint } from './table.ts'
import { wrapText } from './wrap-text.ts'

/** One line for each expectation: whether it came out, and if not, why it may not have. */
export function renderExpectations({ expectations }: ComparisonResult, paint: Paint): string[] {
  return expectations.map((expectation) => {
    const { arm, baseline, metric, state, ratio, because } = expectation
    const label = paint(state === 'came out' ? 'green' : 'yellow', state === 'came out' ? 'as expected' : state)
    const measured = ratio === undefined ? 'nothing was measured' : `measured ${formatRatio(ratio)}`
    const reason = because === undefined ? '' : `: ${because}`
    const what = `expected ${arm} ÷ ${baseline} in ${metric} ${describeRange(expectation)}, ${measured}`
    return `${label}: ${what}${reason}${describeReasons(expectation)}`
  })
}

function describeRange({ expected: { min, max } }: ExpectationResult): string {
  if (min !== undefined && max !== undefined) return `from ${formatRatio(min)} to ${formatRatio(max)}`
  return max === undefined ? `at least ${formatRatio(min ?? 0)}` : `at most ${formatRatio(max)}`
}

function describeReasons({ state, reasons }: Pick<ExpectationResult, 'state' | 'reasons'>): string {
  if (state !== 'did not come out') return ''
  return `. Likely reason: ${reasons.length === 0 ? noReason : reasons.join('; ')}`
}

const noReason = 'none that counts, CPU or errors show (--phases may)'

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
  const title = 'The model: p50 = round trips × RTT + what an iteration takes without distance (local).'
  const ratios = comparisons.flatMap((comparison) => renderRatios(comparison, roundTripModel))
  const surprises = roundTripModel.filter(({ cameOut }) => cameOut === false).map(renderSurprise)
  const notes = [...ratios, ...surprises.map((surprise) => paint('yellow', surprise))]
  const table = renderRows(roundTripModel, columns, paint)
  return [wrapText(title, width), table, ...notes.map((note) => wrapText(note, width, '  ')), '']
}

function renderRatios({ id, contrasts }: ComparisonResult, rows: readonly RoundTripRow[]): string[] {
  const rowOf = (name: string) => rows.find(({ comparison, arm }) => comparison === id && arm === name)
  return contrasts.flatMap((contrast) => {
    const row = rowOf(contrast.arm)
    const baseline = rowOf(contrast.baseline)
    if (row === undefined || baseline === undefined) return []
    const model = formatRatio(baseline.modelUs / row.modelUs)
    const measured = formatRatio(baseline.measuredUs / row.measuredUs)
    return [`${id}: ${baseline.arm} ÷ ${row.arm} by the model ${model}×, measured ${measured}×`]
  })
}

function renderSurprise({ comparison, arm, modelUs, measuredUs, reasons }: RoundTripRow): string {
  const likely = reasons.length === 0 ? noReason : reasons.join('; ')
  return `${comparison}: expected ${formatMs(modelUs)} ms for ${arm}, measured ${formatMs(measuredUs)} ms. Likely reason: ${likely}`
}
