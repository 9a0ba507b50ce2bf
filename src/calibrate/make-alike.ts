import type { ScenarioDescription } from '../scenario/resolve-scenario.ts'

/** What tells the two arms apart by name; the variant gets it as a parameter that it does not know. */
const parameter = 'copy'

/**
 * A variant against itself: two arms of identical code, planned and measured as any two arms are. Whatever difference is found
 * between them is noise of the measurement. A sweep is taken at its first point.
 */
export function makeAlike(scenario: ScenarioDescription, variant: string): ScenarioDescription {
  const { budgetMs: _, ...described } = scenario
  const firstPoint = Object.entries(scenario.sweep).map(([name, values]) => [name, values.slice(0, 1)] as const)
  return {
    ...described,
    variants: [variant],
    baseline: variant,
    sweep: { ...Object.fromEntries(firstPoint), [parameter]: ['A', 'A′'] },
    thresholds: [],
    expect: [],
    roundTrips: {},
  }
}

/** The variant that a regression check watches: the first that is not the baseline, else the only one. */
export function watchedVariant({ variants, baseline }: Pick<ScenarioDescription, 'variants' | 'baseline'>): string {
  return variants.find((variant) => variant !== baseline) ?? baseline
}
