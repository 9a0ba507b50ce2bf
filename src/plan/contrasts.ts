import type { ArmPlan, ComparisonPlan } from './plan.ts'

interface Arms extends Pick<ComparisonPlan, 'baselineArm'> {
  readonly arms: readonly Pick<ArmPlan, 'id' | 'baseline'>[]
}

/**
 * The arm that this one is compared with. Where several variants are swept, that is the baseline variant at the same point
 * of the sweep; where only a sweep's values differ, its first point.
 */
export function baselineOf({ arms, baselineArm }: Arms, arm: string): string {
  return arms.find(({ id }) => id === arm)?.baseline ?? baselineArm
}

/** The arms that are compared with another one: all that are nobody's baseline. */
export function contendersOf({ arms, baselineArm }: Arms): string[] {
  const baselines = new Set([baselineArm, ...arms.flatMap(({ baseline }) => baseline ?? [])])
  return arms.map(({ id }) => id).filter((id) => !baselines.has(id))
}
