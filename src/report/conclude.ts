import { renderAlone, renderFinding } from './finding.ts'
import type { ComparisonResult, Results } from './model.ts'
import { plain } from './table.ts'
import { renderThreshold } from './threshold-text.ts'

/** What a whole run comes to, in the order in which one thing outweighs the next. */
export interface Conclusion {
  readonly state: 'interrupted' | 'invalid' | 'failed' | 'undecided' | 'passed'
  /** The state in a few words. */
  readonly headline: string
  /** Why, one line each; they name the comparison. */
  readonly reasons: readonly string[]
}

/** Draws the conclusion that the exit code draws, with its reasons. */
export function concludeResults(results: Results): Conclusion {
  const comparisons = results.scenarios.flatMap((scenario) => scenario.comparisons)
  const explain = (lines: (comparison: ComparisonResult) => readonly string[]) =>
    results.scenarios.flatMap(({ name, comparisons }) =>
      comparisons.flatMap((comparison) =>
        lines(comparison).map((line) => `${results.scenarios.length > 1 ? `${name}, ` : ''}${comparison.id}: ${line}`),
      ),
    )
  const thresholdsThatAre = (verdict: string) =>
    explain(({ thresholds }) => thresholds.filter((one) => one.verdict === verdict).map(renderThreshold(plain)))
  if (results.partial) {
    return { state: 'interrupted', headline: 'interrupted', reasons: ['What was measured until then is below.'] }
  }
  if (comparisons.length === 0) {
    return { state: 'invalid', headline: 'nothing was measured', reasons: ['No data is never a pass.'] }
  }
  const invalid = [
    ...explain(({ validity, reasons }) => (validity === 'invalid' ? reasons : [])),
    ...thresholdsThatAre('invalid'),
  ]
  if (invalid.length > 0) return { state: 'invalid', headline: 'INVALID', reasons: invalid }
  const failed = thresholdsThatAre('failed')
  const undecided = thresholdsThatAre('inconclusive')
  const slower = explainVersions(results, 'slower')
  if (failed.length + slower.length > 0) {
    const headline = slower.length > 0 ? 'slower than the base' : countThresholds(failed, 'failed')
    return { state: 'failed', headline, reasons: [...slower, ...failed] }
  }
  if (undecided.length > 0) {
    return { state: 'undecided', headline: countThresholds(undecided, 'undecided'), reasons: undecided }
  }
  const unclear = explainVersions(results, 'inconclusive')
  if (unclear.length > 0) return { state: 'undecided', headline: 'undecided against the base', reasons: unclear }
  if (results.scenarios.some(({ versions }) => versions !== undefined)) {
    return { state: 'passed', headline: 'not slower than the base', reasons: [] }
  }
  const held = thresholdsThatAre('held')
  const suspect = explain(({ validity, reasons }) => (validity === 'suspect' ? reasons : []))
  const headline = held.length > 0 ? countThresholds(held, 'held') : 'measured, no threshold declared'
  return { state: 'passed', headline: suspect.length > 0 ? `${headline}, but suspect` : headline, reasons: suspect }
}

/** Between two versions of the code a verdict is a gate; between variants somebody has to be slower. */
function explainVersions({ scenarios }: Results, verdict: string): string[] {
  return scenarios
    .filter(({ versions }) => versions !== undefined)
    .flatMap(({ comparisons }) => comparisons)
    .flatMap((comparison) =>
      comparison.contrasts
        .filter(({ primary }) => primary.verdict === verdict)
        .map((contrast) => `${comparison.id}: ${renderFinding(comparison, contrast)}`),
    )
}

function countThresholds(lines: readonly string[], word: string): string {
  return `${lines.length} ${lines.length === 1 ? 'threshold' : 'thresholds'} ${word}`
}

/** A comparison in one word: its validity where that is lost, else the least welcome of its verdicts. */
export function summarizeVerdicts({ validity, contrasts, end }: ComparisonResult): string {
  if (validity === 'invalid') return 'INVALID'
  if (end.state === 'interrupted') return 'interrupted'
  const found = contrasts.map(({ primary }) => primary.verdict)
  return (
    (['invalid', 'slower', 'inconclusive', 'faster', 'same'] as const).find((verdict) => found.includes(verdict)) ??
    'measured'
  )
}

/** The findings of a comparison, or why there are none. */
export function listFindings(comparison: ComparisonResult): readonly string[] {
  const { validity, reasons, contrasts, rounds } = comparison
  if (validity === 'invalid') return reasons
  if (contrasts.length === 0 && rounds > 0) return [renderAlone(comparison)]
  const measured = contrasts.filter(({ primary }) => primary.units > 0)
  if (measured.length === 0) return ['interrupted before its first round was complete']
  return measured.map((contrast) => renderFinding(comparison, contrast))
}
