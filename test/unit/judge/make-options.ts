import type { JudgeOptions } from '../../../src/judge/judge-comparison.ts'
import { makePlan } from '../../../src/plan/make-plan.ts'
import type { ComparisonPlan } from '../../../src/plan/plan.ts'
import type { Block } from '../../../src/sample/block.ts'
import { type ArmSummary, summarizeArm } from '../../../src/sample/summarize-arm.ts'
import type { Scenario } from '../../../src/scenario/define.ts'
import { resolveScenario } from '../../../src/scenario/resolve-scenario.ts'
import { makeLookPlan } from '../../../src/statistics/looks.ts'

export type Arm = 'a' | 'b' | 'c'

const make = () => () => {}

/** Arms a and b (and c, where `variants` has it) that share a process. */
export function planWith(scenario: Partial<Scenario<Arm>> = {}): ComparisonPlan {
  const resolved = resolveScenario(
    { question: '?', baseline: 'a', variants: { a: make, b: make }, isolation: 'shared', ...scenario } as Scenario<Arm>,
    { name: 't', url: 'file:///t.ts' },
  )
  return makePlan(resolved, { seed: 1 }).comparisons[0] as ComparisonPlan
}

export const threeVariants = { a: make, b: make, c: make }

/** What is judged at a planned look. */
export function makeOptions(blocks: readonly Block[], plan = planWith()): JudgeOptions {
  const looks = makeLookPlan({ unit: 'quad', plannedGenerations: 1 })
  return { plan, unit: 'quad', blocks, looks, moment: 'look' }
}

/** The arms' figures, as a run would sum them up. */
export function summarize({ plan, blocks }: JudgeOptions): ArmSummary[] {
  return plan.arms.map(({ id }) =>
    summarizeArm(
      id,
      blocks.filter(({ arm }) => arm === id),
    ),
  )
}

/** A little seeded-looking unevenness, so that no two units are tied. */
export const wobble = (round: number) => 1 + ((round * 7) % 5) / 1_000 + round / 10_000
