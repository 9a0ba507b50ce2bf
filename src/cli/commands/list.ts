import { describeScenarios } from '../../arm/describe-scenario.ts'
import { makeLocalHost } from '../../arm/local-host.ts'
import { makePlan } from '../../plan/make-plan.ts'
import { findBundledScenarios } from '../../scenario/find.ts'
import type { ScenarioDescription } from '../../scenario/resolve-scenario.ts'
import { groupByUse, type Selection, selectScenarios, suiteNames, type Use, uses } from '../../scenario/suites.ts'
import { sumOf } from '../../statistics/sum-of.ts'
import { formatCounted, formatDuration } from '../../words/format.ts'
import { showDocument } from '../../words/show-text.ts'
import { wrapText } from '../../words/wrap-text.ts'
import type { Terminal } from '../terminal.ts'

export interface ListCommandOptions extends Selection {
  readonly format: 'text' | 'json'
}

const headings: Readonly<Record<Use | 'other', string>> = {
  teaching: 'Teaching: what a kept connection buys, and why',
  regression: 'Regression: what must not get slower',
  capacity: 'Capacity: which settings to use',
  other: 'Other',
}

/** Prints the bundled scenarios by use, each with its question and the longest that it takes. */
export async function listCommand(
  { format, ...selection }: ListCommandOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const all = await describeScenarios([...findBundledScenarios().values()], { host: makeLocalHost(), signal })
  const scenarios = selectScenarios(all, selection)
  if (format === 'json') terminal.printDocument(renderJsonList(scenarios))
  else terminal.print(renderTextList(showDocument(scenarios), all, terminal))
}

function renderJsonList(scenarios: readonly ScenarioDescription[]): string {
  const entries = scenarios.map((scenario) => ({ ...scenario, atMostMs: longestMs(scenario) }))
  return `${JSON.stringify(entries, undefined, 2)}\n`
}

function renderTextList(
  scenarios: readonly ScenarioDescription[],
  all: readonly ScenarioDescription[],
  terminal: Terminal,
): string {
  if (scenarios.length === 0) return 'no bundled scenario has these tags\n'
  const groups = [...groupByUse(scenarios)].map(
    ([use, group]) =>
      `${terminal.paint('bold', headings[use])}\n\n${group.map((scenario) => renderEntry(scenario, terminal)).join('')}`,
  )
  return `${groups.join('\n')}\n${countTogether(scenarios)} together.\n${renderSuites(all, terminal)}`
}

/** What `run --suite` takes, where a reader has not chosen yet. */
function renderSuites(scenarios: readonly ScenarioDescription[], { width }: Terminal): string {
  const suites = suiteNames.filter((suite) => suite !== 'all')
  const times = suites.map((suite) => `${suite}, ${countTogether(selectScenarios(scenarios, { suite }))}`)
  return `${wrapText(`Suites, for run --suite: ${times.join('; ')}.`, width, '  ')}\n`
}

/** `4 scenarios, at most 6 min 40 s`: what their plans add up to. */
function countTogether(scenarios: readonly ScenarioDescription[]): string {
  const totalMs = sumOf(scenarios, longestMs)
  return `${formatCounted(scenarios.length, 'scenario')}, at most ${formatDuration(totalMs)}`
}

function renderEntry(scenario: ScenarioDescription, { paint, width }: Terminal): string {
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
