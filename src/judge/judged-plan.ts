import type { ArmPlan, ComparisonPlan, PlannedVersions } from '../plan/plan.ts'
import type { ScenarioDescription } from '../scenario/resolve-scenario.ts'

/** What of an arm its figures are read by: not how it is run. */
export type JudgedArm = Pick<ArmPlan, 'id' | 'variant' | 'params' | 'baseline'> & {
  readonly code?: Pick<NonNullable<ArmPlan['code']>, 'role' | 'label'>
}

/** What of a comparison's plan its blocks are judged by, so that they can be where nothing can be run any more. */
export interface JudgedComparison
  extends Pick<
    ComparisonPlan,
    | 'id'
    | 'target'
    | 'seed'
    | 'baselineArm'
    | 'isolation'
    | 'processes'
    | 'workload'
    | 'primaryMetric'
    | 'thresholds'
    | 'margins'
    | 'tolerances'
    | 'errorBudget'
    | 'exclude'
    | 'budgetMs'
    | 'generationsToJudge'
    | 'warmUp'
  > {
  readonly arms: readonly JudgedArm[]
}

/** What of a plan the document of its scenario is made from. */
export interface JudgedScenario {
  readonly scenario: Pick<
    ScenarioDescription,
    | 'name'
    | 'url'
    | 'question'
    | 'explain'
    | 'roundTrips'
    | 'expect'
    | 'protocols'
    | 'rttsMs'
    | 'targetName'
    | 'workload'
  >
  readonly versions?: PlannedVersions
}
