import { deriveSeed } from '../plan/derive-seed.ts'
import { makePlan, makeRounds, type PlanOptions } from '../plan/make-plan.ts'
import type { ArmPlan, CodeVersion, ComparisonPlan, CounterTolerances, Plan, PlannedVersions } from '../plan/plan.ts'
import { countGenerations, defaultBudgetMs } from '../plan/plan-amount.ts'
import { planDefaults } from '../plan/plan-defaults.ts'
import { stagesOf } from '../plan/rate-profile.ts'
import type { ScenarioDescription } from '../scenario/resolve-scenario.ts'
import { defined } from '../session/defined.ts'
import { sumOf } from '../statistics/sum-of.ts'

/** A scenario in the two versions of the code, as their own modules describe it. */
export interface ScenarioVersions {
  /** What is measured, and how: the head's description counts for both. */
  readonly scenario: ScenarioDescription
  /** The variants to compare: those that both versions have. */
  readonly variants: readonly string[]
  readonly head: CodeVersion
  readonly base: CodeVersion
  readonly notes: PlannedVersions['notes']
}

export interface VersionPlanOptions extends PlanOptions {
  /** How much more of a counter is no regression, in per cent. @default none */
  readonly tolerances?: CounterTolerances | undefined
}

/**
 * Plans to measure two versions of the code side by side: for every target and every variant (and sweep point) a comparison
 * of its own, base against head in processes of their own. All primary metrics are one family, so the number of
 * generations grows with it: with too few, no result could pass Holm's first level.
 */
export function makeVersionPlans(scenarios: readonly ScenarioVersions[], options: VersionPlanOptions): Plan[] {
  const plans = scenarios.map((versions) => pairUp(versions, options))
  const family = sumOf(plans, ({ comparisons }) => comparisons.length)
  const generationsToJudge = countGenerations(family)
  const budgetMs = options.budgetMs ?? defaultBudgetMs('process', 2, options.warmUpMs, generationsToJudge)
  return plans.map((plan) => ({
    ...plan,
    comparisons: plan.comparisons.map((comparison) => ({
      ...comparison,
      generationsToJudge,
      // What is measured to its end, and stages, take as long as they take.
      ...(stagesOf(comparison.workload) === undefined && !comparison.isMeasuredToTheEnd && { budgetMs }),
    })),
  }))
}

const { maxRoundsPerGeneration: usualRounds } = planDefaults

function pairUp(versions: ScenarioVersions, options: VersionPlanOptions): Plan {
  const { scenario, variants, base, head, notes } = versions
  const plan = makePlan(scenario, { ...options, isolation: 'process' })
  const pairs = plan.comparisons.flatMap((comparison) =>
    comparison.arms.filter(({ variant }) => variants.includes(variant)).map((arm) => ({ comparison, arm })),
  )
  const comparisons = pairs.map(({ comparison, arm }, index): ComparisonPlan => {
    const [baseArm, headArm] = [armOf(arm, base), armOf(arm, head)]
    const seed = deriveSeed(options.seed, 'comparison', index)
    const arms = [baseArm, headArm]
    return {
      ...comparison,
      id: pairs.length > plan.comparisons.length ? `${comparison.id}: ${arm.id}` : comparison.id,
      seed,
      arms,
      baselineArm: baseArm.id,
      // Of a ratio between variants nothing is known here: each is compared with itself.
      thresholds: comparison.thresholds.filter((limit) => limit.variant === arm.variant && !('maxRatio' in limit)),
      ...defined({ tolerances: options.tolerances }),
      rounds: makeRounds(arms, { isolation: 'process', mostRounds: Math.max(usualRounds, comparison.maxRounds) }, seed),
    }
  })
  // What the scenario expects of its variants is not what is asked here.
  const asked = { ...scenario, expect: [], roundTrips: {} }
  return { ...plan, scenario: asked, comparisons, versions: { base: base.label, head: head.label, notes } }
}

function armOf({ baseline: _, ...arm }: ArmPlan, code: CodeVersion): ArmPlan {
  const place = code.role === 'base' ? `base: ${code.label}` : 'head'
  return { ...arm, id: `${arm.id} (${place})`, code }
}
