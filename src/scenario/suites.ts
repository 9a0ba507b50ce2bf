import { atKey } from '../session/at.ts'
import type { ScenarioDescription } from './resolve-scenario.ts'

/** What a scenario is for. Each is a tag, and a suite of all that have it; `list` groups by the first that a scenario has. */
export const uses = ['teaching', 'regression', 'capacity'] as const
export type Use = (typeof uses)[number]

/** Names for `--suite`: scenarios that have the tag. `quick` is a first look (`list` says how long), `all` needs no tag. */
export const suiteNames = ['quick', ...uses, 'all'] as const
type SuiteName = (typeof suiteNames)[number]

/** Which of the bundled scenarios to run: those of a suite, or with any of some tags. */
export interface Selection {
  readonly suite?: SuiteName | undefined
  readonly tags?: readonly string[] | undefined
}

/** The scenarios of a suite that also have one of the tags, where either is given. */
export function selectScenarios<T extends Pick<ScenarioDescription, 'tags'>>(
  scenarios: readonly T[],
  { suite = 'all', tags = [] }: Selection,
): T[] {
  const isInSuite = (scenario: T) => suite === 'all' || scenario.tags.includes(suite)
  const hasTag = (scenario: T) => tags.length === 0 || tags.some((tag) => scenario.tags.includes(tag))
  return scenarios.filter((scenario) => isInSuite(scenario) && hasTag(scenario))
}

/** Scenarios by their first use, in the order of `uses`; those without one come last, under `other`. */
export function groupByUse<T extends Pick<ScenarioDescription, 'tags'>>(
  scenarios: readonly T[],
): ReadonlyMap<Use | 'other', readonly T[]> {
  const useOf = (scenario: T) => uses.find((use) => scenario.tags.includes(use)) ?? 'other'
  const groups = Map.groupBy(scenarios, useOf)
  return new Map(([...uses, 'other'] as const).flatMap((use) => (groups.has(use) ? [[use, atKey(groups, use)]] : [])))
}
