import type { ScenarioChange } from '../plan/find-changes.ts'
import type { ScenarioResult } from './model.ts'

const words: Readonly<Record<ScenarioChange, string>> = {
  target: 'another target',
  distance: 'another distance',
  protocol: 'another protocol',
  load: 'another load',
}

/** `another target and another load` */
export function nameChanges(changes: readonly ScenarioChange[]): string {
  return changes.map((change) => words[change]).join(' and ')
}

/**
 * What a scenario explains of itself. Its author wrote it of a target, a distance and a load; where a run had others
 * throughout, that is said first: nobody knows whether the words hold for them.
 */
export function explainScenario({ explain, comparisons }: ScenarioResult): string[] {
  if (explain === '') return []
  const [first, ...others] = comparisons.map(({ unlikeScenario = [] }) => unlikeScenario)
  const changes = first?.filter((change) => others.every((other) => other.includes(change))) ?? []
  if (changes.length === 0) return [explain]
  return [`Of the scenario as it is written; this run had ${nameChanges(changes)}. ${explain}`]
}
