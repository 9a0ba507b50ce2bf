import type { ComparisonResult, Results, ScenarioResult } from '../document/model.ts'
import { explainScenario } from '../document/scenario-words.ts'
import { escapeMarkdown } from '../words/escape-markdown.ts'
import { escapeMarkup } from '../words/escape-markup.ts'
import { formatCounted, formatDuration } from '../words/format.ts'
import { plain } from '../words/paint.ts'
import { concludeResults, listFindings, summarizeVerdicts } from './conclude.ts'
import { renderRoundTripModel } from './expectation-text.ts'
import { escapeName, escapeSentence, fitDocument, limitLines, renderRow } from './markdown-parts.ts'
import { makePhaseTable, nameOfPhaseRow } from './phases.ts'
import { listFigures } from './table.ts'
import { renderLegends, renderNotes } from './text.ts'

/** With the lines around them these make fourteen before the details: what a comment shows at once. */
const mostReasons = 3
const mostRows = 4

/** GitHub's Markdown, fit for a comment on a pull request: the conclusion and why, a line per comparison, details folded. */
export function renderMarkdown(results: Results): string {
  const { headline, reasons } = concludeResults(results)
  const head = [
    `### sessionbench: ${headline}`,
    '',
    ...limitLines(reasons, mostReasons, 'reason').map((reason) => `- ${reason}`),
    ...(reasons.length > 0 ? [''] : []),
    ...renderOverview(results),
    `<details><summary>Tables, thresholds and how it was measured. ${describeRun(results)}</summary>`,
    '',
  ]
  return fitDocument({ head, sections: listDetails(results), tail: ['</details>', ''] })
}

function describeRun({ seed, elapsedMs, partial }: Results): string {
  return `${partial ? 'PARTIAL. ' : ''}Seed ${seed}, took ${formatDuration(elapsedMs)}.`
}

/** A row per comparison, the least welcome first. */
function renderOverview({ scenarios }: Results): string[] {
  const comparisons = scenarios.flatMap(({ name, comparisons }) =>
    comparisons.map((comparison) => ({
      word: summarizeVerdicts(comparison),
      place: `${scenarios.length > 1 ? `${name}, ` : ''}${comparison.id}`,
      finding: listFindings(comparison).join('; '),
    })),
  )
  if (comparisons.length === 0) return []
  const rank = ({ word }: { word: string }) => wordsByWeight.indexOf(word)
  const rows = comparisons
    .toSorted((a, b) => rank(a) - rank(b))
    .map(({ word, place, finding }) => renderRow([`**${word}**`, escapeName(place), escapeSentence(finding)]))
  const shown = rows.length <= mostRows ? rows : rows.slice(0, mostRows - 1)
  const rest = rows.length - shown.length
  const more = rest === 0 ? [] : [renderRow(['…', `${formatCounted(rest, 'more comparison')}`, 'in the details'])]
  return [renderRow(['', 'comparison', 'finding']), '|---|---|---|', ...shown, ...more, '']
}

const wordsByWeight: readonly string[] = [
  'INVALID',
  'interrupted',
  'invalid',
  'worse',
  'slower',
  'inconclusive',
  'measured',
  'faster',
  'same',
]

/** Every scenario with its comparisons. */
function listDetails({ scenarios }: Results): string[][] {
  return scenarios.flatMap((scenario) => [
    renderIntroduction(scenario),
    ...scenario.comparisons.map(renderComparison),
    renderModel(scenario),
    renderLegends(scenario)
      .map(escapeMarkdown)
      .flatMap((line) => [line, '']),
  ])
}

function renderIntroduction(scenario: ScenarioResult): string[] {
  const { name, question } = scenario
  const texts = [
    `**${escapeName(name) || '–'}**: ${escapeSentence(question)}`,
    ...explainScenario(scenario).map(escapeSentence),
  ]
  return texts.flatMap((text) => [text, ''])
}

/** The round-trip model as the terminal shows it. */
function renderModel(scenario: ScenarioResult): string[] {
  const lines = renderRoundTripModel(scenario, { width: 120, paint: plain }).join('\n').trimEnd()
  if (lines === '') return []
  return ['<pre>', ...lines.split('\n').map(escapeMarkup), '</pre>', '']
}

function renderComparison(comparison: ComparisonResult): string[] {
  const notes = renderNotes(comparison, plain).map((note) => `- ${escapeSentence(note)}`)
  return [
    `#### ${escapeName(comparison.id)}`,
    '',
    ...renderArms(comparison),
    ...renderPhaseTable(comparison),
    ...notes,
    '',
  ]
}

/** A stage or step stands under its arm, as on the terminal. */
const indent = '&nbsp;&nbsp;'

function renderArms(comparison: ComparisonResult): string[] {
  if (comparison.blocks.length === 0) return []
  const { heads, rows } = listFigures(comparison)
  const cells = rows.map(({ name, isPart, cells }) => [`${isPart ? indent : ''}${escapeName(name)}`, ...cells])
  return [...renderHead(heads), ...cells.map(renderRow), '']
}

/** Where the time went, which notes below speak of. */
function renderPhaseTable(comparison: ComparisonResult): string[] {
  const table = makePhaseTable(comparison)
  if (table === undefined) return []
  const { head, rows, figures } = table
  const heads = [head, ...figures.map((column) => column.head)].map((text) => text.replace('\n', ' '))
  const cells = rows.map((row) => [escapeName(nameOfPhaseRow(row)), ...figures.map(({ cell }) => cell(row))])
  return [...renderHead(heads), ...cells.map(renderRow), '']
}

function renderHead(heads: readonly string[]): string[] {
  return [renderRow(heads), `|---|${'--:|'.repeat(heads.length - 1)}`]
}
