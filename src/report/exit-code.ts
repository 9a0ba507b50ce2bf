import type { Results } from './model.ts'

/** 0 all well, 1 a threshold failed, 2 something is invalid or was not measured, 130 interrupted. */
export type ExitCode = 0 | 1 | 2 | 130

/** The exit code that results deserve: no data is never a pass, and an invalid run never a regression. */
export function exitCodeOf(results: Results): ExitCode {
  if (results.partial) return 130
  const comparisons = results.scenarios.flatMap((scenario) => scenario.comparisons)
  if (comparisons.length === 0 || comparisons.some(({ validity }) => validity === 'invalid')) return 2
  const verdicts = comparisons.flatMap(({ thresholds }) => thresholds.map(({ verdict }) => verdict))
  if (verdicts.includes('invalid')) return 2
  return verdicts.includes('failed') ? 1 : 0
}
