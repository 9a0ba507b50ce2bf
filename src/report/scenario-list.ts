import { makePlan } from '../plan/make-plan.ts'
import type { ScenarioDescription } from '../scenario/resolve-scenario.ts'
import { groupByUse, selectScenarios, suiteNames, type Use, uses } from '../scenario/suites.ts'
import { sumOf } from '../statistics/sum-of.ts'
import { formatCounted, formatDuration } from '../words/format.ts'
import type { Paint } from '../words/paint.ts'
import { showDocument } from '../words/show-text.ts'
import { wrapText } from '../words/wrap-text.ts'

const headings: Readonly<Record<Use | 'other', string>> = {
  teaching: 'Teaching: what a kept connection buys, and why',
  regression: 'Regression: what must not get slower',
  capacity: 'Capacity: which settings to use',
  other: 'Other',
}

interface Page {
  readonly paint: Paint
  readonly width: number
}

/** Scenarios by use, each with its question and the longest that it takes, then what the suites of all of them take. */
export function renderScenarioList(
  chosen: readonly ScenarioDescription[],
  all: readonly ScenarioDescription[],
  page: Page,
): string {
  const scenarios = showDocument(chosen)
  if (scenarios.length === 0) return 'no bundled scenario has these tags\n'
  const groups = [...groupByUse(scenarios)].map(
    ([use, group]) =>
      `${page.paint('bold', headings[use])}\n\n${group.map((scenario) => renderEntry(scenario, page)).join('')}`,
  )
  return `${groups.join('\n')}\n${countTogether(scenarios)} together.\n${renderSuites(all, page)}`
}

/** The same for programs. */
export function renderScenarioListJson(scenarios: readonly ScenarioDescription[]): string {
  const entries = scenarios.map((scenario) => ({ ...scenario, atMostMs: longestMs(scenario) }))
  return `${JSON.stringify(entries, undefined, 2)}\n`
}

/** What `run --suite` takes, where a reader has not chosen yet. */
function renderSuites(scenarios: readonly ScenarioDescription[], { width }: Page): string {
  const suites = suiteNames.filter((suite) => suite !== 'all')
  const times = suites.map((suite) => `${suite}, ${countTogether(selectScenarios(scenarios, { suite }))}`)
  return `${wrapText(`Suites, for run --suite: ${times.join('; ')}.`, width, '  ')}\n`
}

/** `4 scenarios, at most 6 min 40 s`: what their plans add up to. */
function countTogether(scenarios: readonly ScenarioDescription[]): string {
  const totalMs = sumOf(scenarios, longestMs)
  return `${formatCounted(scenarios.length, 'scenario')}, at most ${formatDuration(totalMs)}`
}

function renderEntry(scenario: ScenarioDescription, { paint, width }: Page): string {
  const { name, question, protocols, rttsMs, variants, tags, sweep, workload } = scenario
  const otherTags = tags.filter((tag) => tag !== uses.find((use) => tags.includes(use)))
  const facts = [
    variants.join(' · '),
    ...Object.entries(sweep).map(([parameter, values]) => `${parameter} ${values.join(', ')}`),
    workload.model === 'micro' ? 'no target' : `${protocols.join(', ')} at ${rttsMs.join(', ')} ms RTT`,
    `at most ${formatDuration(longestMs(scenario))}`,
    ...(otherTags.length > 0 ? [`also ${otherTags.join(', ')}`] : []),
  ]
  return [
    `  ${paint('bold', name)}: ${wrapText(question, width - name.length - 4, '    ')}`,
    `    ${paint('dim', wrapText(facts.join('; '), width - 4, '    '))}`,
    '',
  ].join('\n')
}

function longestMs(scenario: ScenarioDescription): number {
  return sumOf(makePlan(scenario, { seed: 0 }).comparisons, ({ budgetMs }) => budgetMs)
}
