import { hasWorseCounters, isInvalid, type Outcome, outcomeOf } from '../document/exit-code.ts'
import type { ComparisonResult, Results } from '../document/model.ts'
import { counted } from '../words/counted.ts'
import { plain } from '../words/paint.ts'
import { noCounters, renderCounter } from './counter-text.ts'
import { renderAlone, renderFinding } from './finding.ts'
import { renderThreshold } from './threshold-text.ts'

/** What a whole run comes to, in the order in which one thing outweighs the next. */
interface Conclusion {
  readonly state: Outcome
  /** The state in a few words. */
  readonly headline: string
  /** Why, one line each; they name the comparison. */
  readonly reasons: readonly string[]
}

/** Draws the conclusion that the exit code draws, with its reasons. */
export function concludeResults(results: Results): Conclusion {
  const state = outcomeOf(results)
  return { state, ...conclude[state](results) }
}

type Conclude = (results: Results) => Omit<Conclusion, 'state'>

const conclude: Readonly<Record<Outcome, Conclude>> = {
  interrupted({ scenarios }) {
    const hasBlocks = scenarios.some(({ comparisons }) => comparisons.some(({ blocks }) => blocks.length > 0))
    const reason = hasBlocks ? 'What was measured until then is below.' : 'Nothing had been measured until then.'
    return { headline: 'interrupted', reasons: [reason] }
  },
  invalid(results) {
    const reasons = [
      ...explain(results, (comparison) => (isInvalid(comparison) ? comparison.reasons : [])),
      ...explainThresholds(results, 'invalid'),
    ]
    // Nothing that could be invalid: nothing was measured.
    if (results.scenarios.every(({ comparisons }) => comparisons.length === 0)) {
      return { headline: 'nothing was measured', reasons: ['No data is never a pass.'] }
    }
    return { headline: 'INVALID', reasons }
  },
  failed(results) {
    const failed = explainThresholds(results, 'failed')
    const slower = explainVersions(results, 'slower')
    const worse = explain(results, ({ counters = [] }) =>
      counters.filter((counter) => counter.state === 'worse').map(renderCounter),
    )
    const headline =
      slower.length > 0
        ? 'slower than the base'
        : worse.length > 0
          ? 'worse than the base, by its counters'
          : countThresholds(failed, 'failed')
    return { headline, reasons: [...worse, ...slower, ...failed] }
  },
  undecided(results) {
    const undecided = explainThresholds(results, 'inconclusive')
    if (undecided.length > 0) return { headline: countThresholds(undecided, 'undecided'), reasons: undecided }
    const uncounted = explain(results, ({ counters }) => (counters?.length === 0 ? [noCounters] : []))
    const reasons = [...explainVersions(results, 'inconclusive'), ...uncounted]
    return { headline: 'undecided against the base', reasons }
  },
  passed(results) {
    if (results.scenarios.some(({ versions }) => versions !== undefined)) {
      return { headline: 'not slower than the base', reasons: [] }
    }
    const held = explainThresholds(results, 'held')
    const suspect = explain(results, ({ validity, reasons }) => (validity === 'suspect' ? reasons : []))
    const headline = held.length > 0 ? countThresholds(held, 'held') : 'measured, no threshold declared'
    return { headline: suspect.length > 0 ? `${headline}, but suspect` : headline, reasons: suspect }
  },
}

/** Lines on comparisons, each with the comparison's place before it. */
function explain({ scenarios }: Results, lines: (comparison: ComparisonResult) => readonly string[]): string[] {
  return scenarios.flatMap(({ name, comparisons }) =>
    comparisons.flatMap((comparison) =>
      lines(comparison).map((line) => `${scenarios.length > 1 ? `${name}, ` : ''}${comparison.id}: ${line}`),
    ),
  )
}

function explainThresholds(results: Results, verdict: string): string[] {
  return explain(results, ({ thresholds }) =>
    thresholds.filter((one) => one.verdict === verdict).map(renderThreshold(plain)),
  )
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
  return `${counted(lines.length, 'threshold')} ${word}`
}

/** A comparison in one word: its validity where that is lost, else the least welcome of its verdicts. */
export function summarizeVerdicts(comparison: ComparisonResult): string {
  const { contrasts, end } = comparison
  if (isInvalid(comparison)) return 'INVALID'
  if (end.state === 'interrupted') return 'interrupted'
  if (hasWorseCounters(comparison)) return 'worse'
  const found = contrasts.map(({ primary }) => primary.verdict)
  return (
    (['invalid', 'slower', 'inconclusive', 'faster', 'same'] as const).find((verdict) => found.includes(verdict)) ??
    'measured'
  )
}

/** The findings of a comparison, or why there are none; what its counters show to be worse comes first. */
export function listFindings(comparison: ComparisonResult): readonly string[] {
  const { validity, reasons, contrasts, rounds, counters = [] } = comparison
  const worse = counters.filter(({ state }) => state === 'worse').map(renderCounter)
  if (validity === 'invalid') return [...(isInvalid(comparison) ? [] : worse), ...reasons]
  if (contrasts.length === 0 && rounds > 0) return [renderAlone(comparison)]
  const measured = contrasts.filter(({ primary }) => primary.units > 0)
  if (measured.length === 0) return ['interrupted before its first round was complete']
  return [...worse, ...measured.map((contrast) => renderFinding(comparison, contrast))]
}
