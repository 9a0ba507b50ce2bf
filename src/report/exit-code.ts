import type { Verdict } from '../statistics/verdict.ts'
import type { Results, ScenarioResult } from './model.ts'

/** 0 all well, 1 a threshold failed or head is slower than base, 2 invalid or not measured, 3 a threshold undecided when asked to fail on it, 130 interrupted. */
export type ExitCode = 0 | 1 | 2 | 3 | 130

/** What an undecided threshold, or an undecided comparison of versions, does to the exit code. */
export type InconclusivePolicy = 'fail' | 'warn' | 'pass'

/** The exit code that results deserve: no data is never a pass, and an invalid run never a regression. */
export function exitCodeOf(results: Results, inconclusive: InconclusivePolicy = 'warn'): ExitCode {
  if (results.partial) return 130
  const comparisons = results.scenarios.flatMap((scenario) => scenario.comparisons)
  if (comparisons.length === 0 || comparisons.some(({ validity }) => validity === 'invalid')) return 2
  const verdicts = [
    ...comparisons.flatMap(({ thresholds }) => thresholds.map(({ verdict }) => verdict)),
    ...results.scenarios.filter(({ versions }) => versions !== undefined).flatMap(verdictsOfVersions),
  ]
  if (verdicts.includes('invalid')) return 2
  if (verdicts.includes('failed') || verdicts.includes('slower')) return 1
  return verdicts.includes('inconclusive') && inconclusive === 'fail' ? 3 : 0
}

/** Between variants somebody has to be slower; between two versions of one variant it is a regression. */
function verdictsOfVersions({ comparisons }: ScenarioResult): Verdict[] {
  return comparisons.flatMap(({ contrasts }) => contrasts.map(({ primary }) => primary.verdict))
}
