import { describeScenario } from '../../arm/describe-scenario.ts'
import { makePlan } from '../../plan/make-plan.ts'
import { formatDuration } from '../../report/format.ts'
import { wrapText } from '../../report/wrap-text.ts'
import { findBundledScenarios } from '../../scenario/find.ts'
import type { Terminal } from '../terminal.ts'

/** Prints the bundled scenarios, each with its question and the longest that it takes. */
export async function listCommand(terminal: Terminal, signal: AbortSignal): Promise<void> {
  for (const [name, url] of findBundledScenarios()) {
    const scenario = await describeScenario(url, { signal })
    const { question, protocols, rttsMs, variants, tags } = scenario
    const { comparisons } = makePlan(scenario, { seed: 0 })
    const longestMs = comparisons.reduce((sum, { budgetMs }) => sum + budgetMs, 0)
    const facts = [
      variants.join(' · '),
      `${protocols.join(', ')} at ${rttsMs.join(', ')} ms RTT`,
      `at most ${formatDuration(longestMs)}`,
      ...(tags.length > 0 ? [tags.join(' ')] : []),
    ]
    terminal.print(`${terminal.paint('bold', name)}\n`)
    terminal.print(`  ${wrapText(question, terminal.width - 2, '  ')}\n`)
    terminal.print(`  ${terminal.paint('dim', wrapText(facts.join('; '), terminal.width - 2, '  '))}\n`)
  }
}
