import type { ArmResult, ComparisonResult, ContrastResult, Results, ScenarioResult } from '../document/model.ts'
import { at } from '../session/at.ts'
import { makeUnique } from '../words/make-unique.ts'

/** One arm in one comparison, with what it belongs to. */
export interface ListedArm {
  readonly scenario: ScenarioResult
  readonly comparison: ComparisonResult
  readonly arm: ArmResult
  /** Against the baseline; the baseline itself has none, nor has an arm that could not be contrasted. */
  readonly contrast: ContrastResult | undefined
}

/** The results with scenarios of one name told apart by a number, for formats in which a name must say all. */
export function tellScenariosApart(results: Results): Results {
  const names = makeUnique(results.scenarios.map(({ name }) => name))
  const scenarios = results.scenarios.map((scenario, index) => ({ ...scenario, name: at(names, index) }))
  return { ...results, scenarios }
}

/** Every arm of every comparison, in the document's order: the rows of tabular reports. */
export function listArms({ scenarios }: Results): ListedArm[] {
  return scenarios.flatMap((scenario) =>
    scenario.comparisons.flatMap((comparison) =>
      comparison.arms.map((arm) => ({
        scenario,
        comparison,
        arm,
        contrast: comparison.contrasts.find((contrast) => contrast.arm === arm.id),
      })),
    ),
  )
}
