import type { ComparisonResult, Results, ScenarioResult } from '../../document/model.ts'
import { explainScenario } from '../../document/scenario-words.ts'
import { escapeMarkup } from '../../words/escape-markup.ts'
import { formatDuration } from '../../words/format.ts'
import { plain } from '../../words/paint.ts'
import { concludeResults, summarizeVerdicts } from '../conclude.ts'
import { renderRoundTripModel } from '../expectation-text.ts'
import { makePhaseTable, nameOfPhaseRow } from '../phases.ts'
import { type FigureRow, listFigures } from '../table.ts'
import { renderLegends, renderNotes } from '../text.ts'
import { renderContrasts } from './contrast-table.ts'
import { pageScript } from './page-script.ts'
import { pageStyle } from './page-style.ts'
import { makePercentileSeries, makeThroughputSeries, type PlotSeries } from './plot-series.ts'

/** The texts of the plotting library, which the page carries. */
export interface PlotAssets {
  readonly script: string
  readonly style: string
}

/** Nothing may be loaded or sent, whatever a name in the results tries. */
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

/** One page that needs nothing else: findings and tables without script, plots with it. */
export function renderHtml(results: Results, assets: PlotAssets): string {
  const { headline, reasons } = concludeResults(results)
  const title = `sessionbench: ${headline}`
  const plots: PlotSeries[] = []
  const body = results.scenarios.map((scenario) => renderScenario(scenario, plots))
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeMarkup(title)}</title>`,
    `<style>${assets.style}${pageStyle}</style></head><body><main>`,
    `<h1>${escapeMarkup(title)}</h1>`,
    renderList(reasons),
    `<p class="soft">${escapeMarkup(describeRun(results))}</p>`,
    ...body,
    '</main>',
    `<script type="application/json" id="plots">${JSON.stringify(plots).replaceAll('<', '\\u003c')}</script>`,
    `<script>${escapeScript(assets.script)}</script>`,
    `<script>${escapeScript(pageScript)}</script>`,
    '</body></html>',
    '',
  ].join('\n')
}

function escapeScript(script: string): string {
  return script.replaceAll(/<(?=\/script|!--)/gi, '\\x3c')
}

function describeRun({ startedAt, elapsedMs, seed, partial, environment }: Results): string {
  const { harness, node, platform, cpuModel, cpuCount } = environment
  const where = `sessionbench ${harness}, Node ${node}, ${platform}, ${cpuCount} × ${cpuModel}`
  return `${partial ? 'PARTIAL (interrupted). ' : ''}${startedAt}, took ${formatDuration(elapsedMs)}, seed ${seed}. ${where}.`
}

function renderScenario(scenario: ScenarioResult, plots: PlotSeries[]): string {
  const { name, question, comparisons } = scenario
  const model = renderRoundTripModel(scenario, { width: 120, paint: plain }).join('\n').trimEnd()
  const texts = [...explainScenario(scenario), ...renderLegends(scenario)]
  return [
    `<section><h2>${escapeMarkup(name)}</h2>`,
    `<p>${escapeMarkup(question)}</p>`,
    ...comparisons.map((comparison) => renderComparison(comparison, plots)),
    ...(model === '' ? [] : [`<pre>${model.split('\n').map(escapeMarkup).join('\n')}</pre>`]),
    ...texts.map((text) => `<p class="soft">${escapeMarkup(text)}</p>`),
    '</section>',
  ].join('\n')
}

function renderComparison(comparison: ComparisonResult, plots: PlotSeries[]): string {
  const measured =
    comparison.blocks.length === 0
      ? []
      : [
          renderArms(comparison),
          ...renderPhaseTable(comparison),
          renderContrasts(comparison),
          renderPlot(comparison, { series: makePercentileSeries(comparison), caption: captions.percentiles }, plots),
          renderPlot(comparison, { series: makeThroughputSeries(comparison), caption: captions.throughput }, plots),
        ]
  return [
    `<article><h3>${escapeMarkup(`${comparison.id}: ${summarizeVerdicts(comparison)}`)}</h3>`,
    renderList(renderNotes(comparison, plain)),
    ...measured,
    '</article>',
  ].join('\n')
}

const captions = {
  percentiles: 'Latency by percentile, both axes logarithmic: every further nine has the same room.',
  throughput: 'Throughput of each block in the order they ran: a drift of the machine shows here, in all arms alike.',
}

function renderArms(comparison: ComparisonResult): string {
  const { heads, rows } = listFigures(comparison)
  return renderFigures(heads, rows)
}

/** Where the time went, which notes above speak of. */
function renderPhaseTable(comparison: ComparisonResult): string[] {
  const table = makePhaseTable(comparison)
  if (table === undefined) return []
  const { head, rows, figures } = table
  const heads = [head, ...figures.map((column) => column.head)].map((text) => text.replace('\n', ' '))
  const cells = rows.map((row) => ({
    ...{ name: nameOfPhaseRow(row), isPart: false },
    cells: figures.map(({ cell }) => cell(row)),
  }))
  return [renderFigures(heads, cells)]
}

function renderFigures(heads: readonly string[], rows: readonly FigureRow[]): string {
  const body = rows.map(({ name, isPart, cells }) => {
    const figures = cells.map((cell) => `<td>${escapeMarkup(cell)}</td>`).join('')
    return `<tr><th scope="row"${isPart ? ' class="part"' : ''}>${escapeMarkup(name)}</th>${figures}</tr>`
  })
  return [
    '<div class="scroll"><table class="figures">',
    `<thead><tr>${heads.map((head) => `<th scope="col">${escapeMarkup(head)}</th>`).join('')}</tr></thead>`,
    `<tbody>${body.join('\n')}</tbody></table></div>`,
  ].join('\n')
}

const colours = 6

/** Takes the plot's data to the others, and leaves the place where the script draws them. */
function renderPlot(
  { arms }: ComparisonResult,
  { series, caption }: { readonly series: PlotSeries; readonly caption: string },
  plots: PlotSeries[],
): string {
  const index = plots.push(series) - 1
  const keys = arms.map(
    ({ id }, arm) => `<li><i style="background: var(--arm-${arm % colours})"></i>${escapeMarkup(id)}</li>`,
  )
  return [
    `<figure><figcaption>${caption}</figcaption><ul class="key">${keys.join('')}</ul>`,
    `<div class="plot" data-plot="${index}" role="img" aria-label="${caption}"></div>`,
    '<noscript><p class="soft">The plot needs JavaScript; the tables do not.</p></noscript></figure>',
  ].join('\n')
}

function renderList(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `<ul>${lines.map((line) => `<li>${escapeMarkup(line)}</li>`).join('\n')}</ul>`
}
