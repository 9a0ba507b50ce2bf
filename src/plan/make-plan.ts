import { type Options, options } from '../scenario/options.ts'
import type { ScenarioDescription } from '../scenario/resolve-scenario.ts'
import type { Isolation } from '../scenario/scenario-parts.ts'
import { makeAccess } from '../scenario/target-access.ts'
import { defined } from '../session/defined.ts'
import { deriveSeed } from './derive-seed.ts'
import { checkWorkload, makeLoadGuard, resolveCaps } from './load-caps.ts'
import { makeArms } from './make-arms.ts'
import { makeRound } from './order.ts'
import { overrideWorkload } from './override-workload.ts'
import type { ArmPlan, ComparisonPlan, Plan } from './plan.ts'
import { checkDuration, countGenerations, planAmount, planDuration } from './plan-amount.ts'
import { planDefaults } from './plan-defaults.ts'
import { planProfiles } from './plan-profiles.ts'
import { makeRandom } from './random.ts'
import { stagesOf } from './rate-profile.ts'
import { makeReach } from './reach.ts'
import { roundTripsOf } from './round-trips.ts'
import { checkShards } from './shard.ts'
import { makeTargets, renderTarget } from './target-profile.ts'
import { makeWarmUpRule } from './warm-up-rule.ts'

/** What a user may ask for beside the scenario; undefined means the scenario's own value or the default. */
export interface PlanOptions extends Options {
  readonly seed: number
}

/** Crosses targets, variants and the sweep into comparisons and lays down the order of every block. @throws UsageError */
export function makePlan(scenario: ScenarioDescription, asked: PlanOptions): Plan {
  const targets = makeTargets(scenario, asked)
  const arms = makeArms(scenario)
  const workload = overrideWorkload(scenario.workload, asked)
  const caps = resolveCaps(asked)
  checkWorkload(workload, caps)
  const guard = makeLoadGuard(caps)
  const processes = processesFor(scenario, asked)
  checkShards(workload, processes)
  checkDuration(workload, asked)
  const comparisons = targets.map((target, index): ComparisonPlan => {
    const isolation = asked.isolation ?? scenario.isolation
    const seed = deriveSeed(asked.seed, 'comparison', index)
    const warmUp = makeWarmUpRule(asked.warmUpMs ?? planDefaults.warmUpMs)
    const amount = { ...asked, budgetMs: asked.budgetMs ?? scenario.budgetMs }
    const stages = stagesOf(workload)
    const roundTripMs = roundTripsOf(scenario, arms, target)
    const { mostRounds, ...planned } =
      stages !== undefined
        ? planProfiles({ stages, isolation, arms: arms.length, warmUpMs: warmUp.maxMs, asked: amount })
        : asked.durationMs === undefined
          ? planAmount(isolation, arms.length, amount)
          : planDuration(isolation, arms.length, { ...asked, durationMs: asked.durationMs })
    return {
      id: renderTarget(target),
      scenarioUrl: scenario.url,
      ...{ target, seed, arms, isolation, processes, workload },
      baselineArm: (arms.find(({ variant }) => variant === scenario.baseline) as ArmPlan).id,
      variantPer: asked.variantPer ?? scenario.variantPer,
      phases: asked.phases ?? scenario.phases,
      primaryMetric: scenario.primaryMetric,
      thresholds: scenario.thresholds,
      errorBudget: scenario.errorBudget,
      ...defined({ exclude: scenario.exclude }),
      ...((scenario.margins ?? asked.margins) !== undefined && { margins: { ...scenario.margins, ...asked.margins } }),
      ...defined({ guard, roundTripMs: workload.model === 'closed' ? roundTripMs : undefined }),
      reach: makeReach(asked),
      ...planned,
      generationsToJudge: countGenerations(arms.length - 1),
      generationsToLook: planDefaults.generationsToLook,
      warmUp,
      rounds: makeRounds(arms, { isolation, mostRounds }, seed),
    }
  })
  return { scenario, seed: asked.seed, access: makeAccess(asked), comparisons }
}

/** A function is timed in one process: in several at once, its calls would disturb each other. */
function processesFor({ workload, processes }: ScenarioDescription, options: PlanOptions): number {
  return workload.model === 'micro' ? 1 : (options.processes ?? processes)
}

/** One long generation when arms share a process (the unit is the round), many short ones when each has its own. */
export function makeRounds(
  arms: readonly Pick<ArmPlan, 'id'>[],
  { isolation, mostRounds }: { readonly isolation: Isolation; readonly mostRounds: number },
  seed: number,
): string[][][] {
  const ids = arms.map(({ id }) => id)
  const random = makeRandom(deriveSeed(seed, 'order'))
  const generations = isolation === 'shared' ? 1 : options.generations.most
  const rounds = Array.from({ length: mostRounds })
  return Array.from({ length: generations }, () => rounds.map(() => makeRound(ids, random)))
}
