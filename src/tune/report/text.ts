import { phaseNames } from '../../sample/phases.ts'
import { counted, grouped } from '../../words/counted.ts'
import { formatCount, formatDuration, formatFigure, formatMs, formatRate, formatShare } from '../../words/format.ts'
import type { Paint } from '../../words/paint.ts'
import { phaseWords } from '../../words/phase-words.ts'
import { type Column, renderRows } from '../../words/rows.ts'
import { showDocument } from '../../words/show-text.ts'
import { wrapText } from '../../words/wrap-text.ts'
import type { Tuning, TuningRow } from './model.ts'

const barWidth = 12

/** The answer as a page of text: what to use, the curve, why, and code to paste. */
export function renderTuning(
  document: Tuning,
  { width, paint }: { readonly width: number; readonly paint: Paint },
): string {
  const tuning = showDocument(document)
  const lines = [
    paint('bold', `${tuning.scenario}, ${tuning.target}`),
    ...renderQuestion(tuning),
    ...renderSizes(tuning, paint),
    ...renderRates(tuning, paint),
    ...renderAnswer(tuning, paint).map((line) => wrapText(line, width)),
    ...renderWhy(tuning).map((line) => wrapText(line, width)),
    ...renderCode(tuning, paint),
  ]
  return `${lines.join('\n')}\n`
}

function renderQuestion({ objective, wantedRatePerSecond, sizeName }: Tuning): string[] {
  const conditions = objective.length === 0 ? 'no objective' : objective.join(', ')
  return [
    wantedRatePerSecond === null
      ? `the fewest ${sizeName} that lose nothing that matters, and the highest rate they hold; objective: ${conditions}`
      : `the fewest ${sizeName} that hold ${formatRate(wantedRatePerSecond)} per second; objective: ${conditions}`,
  ]
}

function renderSizes({ sizes }: Tuning, paint: Paint): string[] {
  if (sizes.length === 0) return []
  const most = Math.max(...sizes.map(({ throughputPerSecond }) => throughputPerSecond))
  const bar = ({ throughputPerSecond }: TuningRow) =>
    '█'.repeat(Math.round((barWidth * throughputPerSecond) / Math.max(most, 1e-9)))
  const columns: Column<TuningRow>[] = [
    ...commonColumns(sizes),
    { head: 'loss', cell: ({ loss = 0 }) => formatShare(loss) },
    {
      head: 'between',
      cell: ({ lossLimits }) => (lossLimits ? `${formatShare(lossLimits.low)}–${formatShare(lossLimits.high)}` : '–'),
    },
    { head: 'rounds', cell: ({ rounds }) => formatCount(rounds) },
    { head: 'state', cell: renderState },
    { head: '', cell: (row) => bar(row).padEnd(barWidth) },
  ]
  return ['', 'closed loop', renderRows(sizes, columns, paint)]
}

function renderRates({ rates }: Tuning, paint: Paint): string[] {
  if (rates.length === 0) return []
  const columns: Column<TuningRow>[] = [
    ...commonColumns(rates).slice(0, 1),
    { head: 'asked/s', cell: ({ ratePerSecond = 0 }) => formatRate(ratePerSecond) },
    ...commonColumns(rates).slice(1),
    { head: 'dropped', cell: ({ dropped }) => formatCount(dropped) },
    { head: 'backlog/s', cell: renderDrift },
    { head: 'state', cell: renderState },
  ]
  return ['', 'open loop', renderRows(rates, columns, paint)]
}

/** By how much more is under way each second, at least and at most. */
function renderDrift({ drift }: TuningRow): string {
  return drift === undefined ? '–' : `${signed(drift.low)} to ${signed(drift.high)}`
}

function signed(value: number): string {
  const figure = formatFigure(Math.abs(Number(value.toPrecision(2))))
  return figure === '0' ? '0' : `${value < 0 ? '−' : '+'}${figure}`
}

function commonColumns(rows: readonly TuningRow[]): Column<TuningRow>[] {
  return [
    { head: 'setting', cell: (row) => `${row.isRecommended ? '▶' : ' '} ${nameOf(row, rows)}` },
    { head: 'done/s', cell: ({ throughputPerSecond }) => formatRate(throughputPerSecond) },
    { head: 'p50 ms', cell: ({ p50Us, succeeded }) => (succeeded === 0 ? '–' : formatMs(p50Us)) },
    { head: 'p99 ms', cell: ({ p99Us, succeeded }) => (succeeded === 0 ? '–' : formatMs(p99Us)) },
    { head: 'errors', cell: ({ failed }) => formatCount(failed) },
    { head: 'conns', cell: ({ connections }) => formatCount(connections) },
  ]
}

/** Only what differs between rows names one; the rest stands in the answer. */
function nameOf({ params }: TuningRow, rows: readonly TuningRow[]): string {
  const [first] = rows
  const names = Object.keys(params).filter(
    (name, index) => index === 0 || rows.some((row) => row.params[name] !== first?.params[name]),
  )
  return names.map((name) => `${name}=${params[name]}`).join(' ')
}

function renderState({ state, broken }: TuningRow): string {
  return broken.length > 0 ? `${state}: not ${broken.join(', ')}` : state
}

function renderAnswer(tuning: Tuning, paint: Paint): string[] {
  const { state, params, reasons, lossLimits, throughputPerSecond } = tuning.answer
  const settings =
    params === null
      ? ''
      : Object.entries(params)
          .map(([name, value]) => `${name}=${value}`)
          .join(' ')
  const loss = lossLimits === null ? '' : `, at most ${formatShare(lossLimits.high)} less than the best`
  const carried =
    throughputPerSecond === null ? '' : ` It carries ${formatRate(throughputPerSecond)} per second${loss}.`
  const heads: Readonly<Record<typeof state, string>> = {
    recommended: `Recommended: ${settings}.${carried}`,
    likely: `Likely best, not certain: ${settings}.${carried}`,
    none: 'No recommendation: nothing meets the objective.',
    refused: 'No recommendation: refused.',
    invalid: 'INVALID: the counts of client and server differ.',
    'nothing measured': 'No recommendation: too little was measured.',
  }
  const colour = state === 'recommended' ? 'green' : state === 'likely' ? 'yellow' : 'red'
  return ['', paint(colour, heads[state]), ...renderBracket(tuning), ...reasons.map((reason) => `- ${reason}`)]
}

function renderBracket({ highestRate, rates, answer, wantedRatePerSecond }: Tuning): string[] {
  if (highestRate === null) {
    const isAsked = wantedRatePerSecond === null && answer.params !== null
    return isAsked ? ['Rates per second, in an open loop: none was tried, so that the highest is not known.'] : []
  }
  const { heldPerSecond, failedPerSecond, carried, isNarrow } = highestRate
  const rateOf = (state: TuningRow['state']) => rates.find((row) => row.state === state)?.ratePerSecond
  const held = heldPerSecond === null ? sayNoneHeld(rateOf('held')) : `${formatRate(heldPerSecond)} held`
  const failed = failedPerSecond === null ? sayNoneFailed(rateOf('failed')) : `${formatRate(failedPerSecond)} failed`
  const between = isNarrow ? ': the highest lies between' : ''
  const full =
    carried === null
      ? ''
      : ` While all that can be under way was, ${formatRate(carried.perSecond)} were carried (${formatRate(carried.low)} to ${formatRate(carried.high)}).`
  return [`Rates per second, in an open loop: ${held}, ${failed}${between}.${full}`]
}

/** A rate may hold in its trial by luck, where others show that less is carried. */
function sayNoneHeld(seen: number | undefined): string {
  if (seen === undefined) return 'none was shown to hold'
  return `none counts as held (${formatRate(seen)} did, and may be more than is carried)`
}

function sayNoneFailed(seen: number | undefined): string {
  if (seen === undefined) return 'none was shown to fail'
  return `none counts as failed (${formatRate(seen)} did, and more seems to be carried)`
}

function renderWhy(tuning: Tuning): string[] {
  const { limit, whereTimeWent, littlesLaw, scalabilityLaw, ledger, elapsedMs, sizeName, seed } = tuning
  const lines = [`Limit: ${limit.what} (${limit.because}).`]
  if (whereTimeWent !== null) lines.push(renderWhere(whereTimeWent))
  if (littlesLaw !== null) {
    const { ratePerSecond, serviceMs, busyConnections } = littlesLaw
    lines.push(
      `Little's law: ${formatRate(ratePerSecond)} per second × ${formatFigure(serviceMs)} ms keep ${formatFigure(busyConnections)} requests under way.`,
    )
  }
  if (scalabilityLaw !== null) lines.push(renderLaw(scalabilityLaw, sizeName))
  const checked =
    ledger === null
      ? 'the target has no ledger'
      : `ledger agrees in ${grouped(ledger.blocksAgreeing)} of ${counted(ledger.blocksChecked, 'block')}`
  return [...lines, `${checked}; ${formatDuration(elapsedMs)}; seed ${seed}`]
}

function renderWhere({ id, p50 }: NonNullable<Tuning['whereTimeWent']>): string {
  const parts = phaseNames.flatMap((name) => {
    const us = p50.phasesUs[name]
    return us === undefined ? [] : [`${phaseWords[name]} ${formatShare(us / p50.latencyUs)}`]
  })
  const all = [...parts, `${phaseWords.other} ${formatShare(p50.otherUs / p50.latencyUs)}`]
  return `Where the ${formatMs(p50.latencyUs)} ms of a request go at ${id} (p50): ${all.join(', ')}.`
}

function renderLaw({ lambda, sigma, kappa, peak }: NonNullable<Tuning['scalabilityLaw']>, sizeName: string): string {
  const law = `λ ${formatFigure(lambda)}/s, σ ${formatFigure(sigma)}, κ ${formatFigure(kappa)}`
  return peak.state === 'identified'
    ? `Universal Scalability Law: ${law}; throughput peaks at ${formatFigure(peak.size)} ${sizeName} (95 % interval ${formatFigure(peak.low)}–${formatFigure(peak.high)}).`
    : `Universal Scalability Law: ${law}; the peak is not identified: ${peak.reason}.`
}

function renderCode({ snippets }: Tuning, paint: Paint): string[] {
  return snippets.flatMap(({ client, code, limits }) => {
    const note = limits.length === 0 ? '' : ` (${limits.join('; ')})`
    return ['', paint('dim', `# ${client}${note}`), code]
  })
}
