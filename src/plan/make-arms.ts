import type { ScenarioDescription } from '../scenario/resolve-scenario.ts'
import type { SweepValue } from '../scenario/scenario-parts.ts'
import type { ArmPlan } from './plan.ts'

/** Several variants: each is compared with the baseline at its own point of the sweep. One: the points with the first. */
export function makeArms({ variants, baseline, sweep }: ScenarioDescription): ArmPlan[] {
  const points = makeSweepPoints(sweep)
  return variants.flatMap((variant) =>
    points.map((params) => {
      const arm = { id: renderArm(variant, params), variant, params }
      const hasOwnBaseline = variant !== baseline && points.length > 1
      return hasOwnBaseline ? { ...arm, baseline: renderArm(baseline, params) } : arm
    }),
  )
}

function renderArm(variant: string, params: Readonly<Record<string, SweepValue>>): string {
  return [variant, ...Object.entries(params).map(([name, value]) => `${name}=${value}`)].join(' ')
}

function makeSweepPoints(sweep: Readonly<Record<string, readonly SweepValue[]>>): Record<string, SweepValue>[] {
  return Object.entries(sweep).reduce<Record<string, SweepValue>[]>(
    (points, [name, values]) => points.flatMap((point) => values.map((value) => ({ ...point, [name]: value }))),
    [{}],
  )
}
