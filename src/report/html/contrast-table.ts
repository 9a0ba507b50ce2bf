import type { ComparisonResult } from '../../document/model.ts'
import type { Comparison } from '../../statistics/comparison.ts'
import { escapeMarkup } from '../../words/escape-markup.ts'
import { formatRatio } from '../../words/format.ts'
import { confidenceOf } from '../finding.ts'

/** Every arm against its baseline in every metric: figures, and the interval drawn on one axis for all rows. */
export function renderContrasts({ contrasts }: ComparisonResult): string {
  const rows = contrasts.flatMap(({ arm, baseline, metrics }) => metrics.map((metric) => ({ arm, baseline, metric })))
  const shown = rows.filter(({ metric }) => metric.ratio !== undefined)
  if (shown.length === 0) return ''
  const axis = makeAxis(shown.map(({ metric }) => metric))
  const heads = [
    'arm ÷ baseline',
    'metric',
    'ratio',
    'interval',
    'verdict',
    '<span aria-hidden="true">← less · 1 · more →</span>',
  ]
  return [
    '<div class="scroll"><table class="figures">',
    '<caption>Ratios to the baseline. The line is the interval, the dot the estimate, the dashes no difference.</caption>',
    `<thead><tr>${heads.map((head) => `<th scope="col" class="text">${head}</th>`).join('')}</tr></thead><tbody>`,
    ...shown.map(({ arm, baseline, metric }) => renderRow(`${arm} ÷ ${baseline}`, metric, axis)),
    '</tbody></table></div>',
  ].join('\n')
}

function renderRow(name: string, comparison: Comparison, axis: Axis): string {
  const { metric, ratio = 1, interval, verdict } = comparison
  const bounds = interval === undefined ? '–' : `${formatRatio(interval.low)} to ${formatRatio(interval.high)}`
  const confidence = interval === undefined ? '' : ` (${confidenceOf(comparison)})`
  const style = verdictStyles[verdict]
  const cells = [
    `<th scope="row">${escapeMarkup(name)}</th>`,
    `<td class="text">${escapeMarkup(metric.name)}</td>`,
    `<td>${formatRatio(ratio)}</td>`,
    `<td class="text">${bounds}${confidence}</td>`,
    `<td class="text ${style}">${verdict}</td>`,
    `<td class="text ${style}">${renderForest(comparison, axis)}</td>`,
  ]
  return `<tr>${cells.join('')}</tr>`
}

const verdictStyles = { faster: 'good', same: 'good', slower: 'bad', inconclusive: 'unsure', invalid: 'bad' } as const

/** Places a ratio on 0 to 100, by its logarithm: half and twice are equally far from 1. */
type Axis = (ratio: number) => number

function makeAxis(comparisons: readonly Comparison[]): Axis {
  const logs = comparisons
    .flatMap(({ ratio = 1, interval }) => [ratio, interval?.low ?? ratio, interval?.high ?? ratio])
    .filter((value) => value > 0)
    .map(Math.log)
  const reach = Math.max(Math.log(1.05), ...logs.map(Math.abs))
  return (ratio) => (ratio > 0 ? 50 + (Math.log(ratio) / reach) * 46 : 0)
}

/** The figures stand beside it, so that it is nothing to read aloud. */
function renderForest({ ratio = 1, interval }: Comparison, axis: Axis): string {
  const place = (value: number) => axis(value).toFixed(2)
  const line =
    interval === undefined
      ? ''
      : `<line class="interval" x1="${place(interval.low)}%" x2="${place(interval.high)}%" y1="50%" y2="50%"/>`
  return `<svg class="forest" aria-hidden="true"><line class="one" x1="50%" x2="50%" y1="0" y2="100%"/>${line}<circle class="estimate" cx="${place(ratio)}%" cy="50%" r="4"/></svg>`
}
