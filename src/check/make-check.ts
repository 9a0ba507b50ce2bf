import type { ExitCode } from '../document/exit-code.ts'
import type { Results } from '../document/model.ts'
import type { Tolerances } from '../judge/judge-counters.ts'
import { tellScenariosApart } from '../report/list-arms.ts'
import type { Baseline } from './baseline-model.ts'
import { type CheckDocument, checkSchemaVersion } from './check-model.ts'
import { compareRecords } from './compare-records.ts'
import { type CheckOptions, judgeCheck } from './judge-check.ts'

interface MakeCheckOptions extends Omit<CheckOptions, 'results' | 'earlier'> {
  readonly tolerances?: Tolerances | undefined
  /** Thresholds are no matter of two files; where one of them was just measured they are. */
  readonly isGatedByThresholds: boolean
}

/** Compares a later run with an earlier one, and judges it by that. A run that is invalid stays so. */
export function makeCheck(
  earlier: Results | Baseline,
  later: Results | Baseline,
  { tolerances, isGatedByThresholds, ...options }: MakeCheckOptions,
): CheckDocument & { readonly exitCode: ExitCode } {
  const comparison = compareRecords(earlier, later, { tolerances })
  const [before, after] = [resultsIn(earlier), resultsIn(later)]
  const gated = isGatedByThresholds ? after : after && withoutThresholds(after)
  const check = judgeCheck(comparison, {
    ...options,
    results: gated && tellScenariosApart(gated),
    earlier: before && tellScenariosApart(before),
  })
  return { schemaVersion: checkSchemaVersion, kind: 'sessionbench.check', ...check, ...comparison }
}

function resultsIn(record: Results | Baseline): Results | undefined {
  return record.kind === 'sessionbench.results' ? record : undefined
}

function withoutThresholds(results: Results): Results {
  const scenarios = results.scenarios.map(({ comparisons, ...scenario }) => ({
    ...scenario,
    comparisons: comparisons.map((comparison) => ({ ...comparison, thresholds: [] })),
  }))
  return { ...results, scenarios }
}
