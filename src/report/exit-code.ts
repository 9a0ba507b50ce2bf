import type { Results } from './model.ts'

/** 0 all well, 1 a threshold failed, 2 invalid or not measured, 3 a threshold undecided when asked to fail on it, 130 interrupted. */
export type ExitCode = 0 | 1 | 2 | 3 | 130

/** What an undecided threshold does to the exit code. */
export type InconclusivePolicy = 'fail' | 'warn'

/** The exit code that results deserve: no data is never a pass, and an invalid run never a regression. */
export function exitCodeOf(results: Results, inconclusive: InconclusivePolicy = 'warn'): ExitCode {
  if (results.partial) return 130
  const comparisons = results.scenarios.flatMap((scenario) => scenario.comparisons)
  if (comparisons.length === 0 || comparisons.some(({ validity }) => validity === 'invalid')) return 2
  const verdicts = comparisons.flatMap(({ thresholds }) => thresholds.map(({ verdict }) => verdict))
  if (verdicts.includes('invalid')) return 2
  if (verdicts.includes('failed')) return 1
  return verdicts.includes('inconclusive') && inconclusive === 'fail' ? 3 : 0
}
