import { engineOf } from '../scenario/engine-name.ts'
import { definitionOf, type Options, optionNames } from '../scenario/options.ts'
import type { ScenarioDescription } from '../scenario/resolve-scenario.ts'

/** What the options ask of a scenario that its engine cannot do, as the user is to read it. */
export function findConflicts(
  { name, workload }: Pick<ScenarioDescription, 'name' | 'workload'>,
  options: Options,
): string[] {
  const engine = engineOf(workload)
  if (engine === 'client') return []
  return optionNames.flatMap((option) => {
    const value = options[option]
    const { refusedBy, refusedValues } = definitionOf(option)
    const why = refusedBy?.[engine]
    if (value === undefined) return []
    if (why !== undefined) return [`${option}: ${name} has no use for it, ${why}`]
    return Object.entries(refusedValues?.[engine] ?? {})
      .filter(([refused]) => [value].flat().some((each) => each === refused))
      .map(([refused, reason]) => `${option}: ${name} cannot use ${refused}, ${reason}`)
  })
}
