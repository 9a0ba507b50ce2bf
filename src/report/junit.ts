import { isInvalid } from '../document/exit-code.ts'
import type { ComparisonResult, ContrastResult, Results, ScenarioResult, ThresholdResult } from '../document/model.ts'
import { plain } from '../words/paint.ts'
import { noCounters, renderCounter } from './counter-text.ts'
import { renderFailures } from './failure-words.ts'
import { renderFinding } from './finding.ts'
import { type CaseOutcome, renderSuites, type TestCase, type TestSuite } from './junit-suites.ts'
import { renderThreshold } from './threshold-text.ts'

/**
 * JUnit XML: a suite per comparison, with a case for its validity, each verdict and each threshold. Between variants
 * `slower` is a finding; between two versions of the code it is a failure, as a threshold can be. Cases of an invalid comparison are skipped beside the error that says why.
 */
export function renderJunit(results: Results): string {
  const suites = [
    ...results.scenarios.flatMap((scenario) =>
      scenario.comparisons.map((comparison) => makeSuite(scenario, comparison, results.seed)),
    ),
    ...makeRunSuite(results),
  ]
  return renderSuites(suites, results.startedAt)
}

function makeSuite(
  { name, question, versions }: ScenarioResult,
  comparison: ComparisonResult,
  seed: number,
): TestSuite {
  const { validity, reasons, contrasts, thresholds, counters, elapsedMs } = comparison
  const isBroken = isInvalid(comparison)
  const validityCase: TestCase = {
    name: 'the measurement is valid',
    outcome: isBroken ? 'error' : 'passed',
    message: reasons.length === 0 ? question : reasons.join('\n'),
  }
  const verdicts = contrasts.map((contrast) => makeVerdictCase(comparison, contrast, versions ? 'failure' : 'passed'))
  // What had no time for a verdict may still have counters that decide.
  const decided = validity === 'invalid' && !isBroken ? verdicts.map(skip) : verdicts
  const judged = [...decided, ...listCounterCases(counters), ...thresholds.map(makeThresholdCase)]
  const cases = isBroken ? judged.map(skip) : judged
  return {
    name: `${name}: ${comparison.id}`,
    className: `sessionbench.${name}`,
    elapsedMs,
    properties: { seed: String(seed), validity, end: comparison.end.state, ...failureProperties(comparison) },
    cases: [validityCase, ...cases],
  }
}

function skip({ name }: TestCase): TestCase {
  return { name, outcome: 'skipped', message: 'the measurement is invalid' }
}

/** Head against base, counter by counter. */
function listCounterCases(counters: ComparisonResult['counters']): TestCase[] {
  if (counters === undefined) return []
  if (counters.length === 0) return [{ name: 'counters', outcome: 'skipped', message: noCounters }]
  const outcomes = { same: 'passed', better: 'passed', worse: 'failure', 'not judged': 'skipped' } as const
  return counters.map((finding) => ({
    name: `counter: ${finding.counter}`,
    outcome: outcomes[finding.state],
    message: renderCounter(finding),
    type: 'counter',
  }))
}

/** What failed, arm by arm, for those whose CI shows nothing else. */
function failureProperties({ arms }: ComparisonResult): Record<string, string> {
  return Object.fromEntries(
    arms.filter(({ failed }) => failed > 0).map((arm) => [`failures of ${arm.id}`, renderFailures(arm).join('')]),
  )
}

function makeVerdictCase(comparison: ComparisonResult, contrast: ContrastResult, slower: CaseOutcome): TestCase {
  const { arm, baseline, primary } = contrast
  const outcomes = {
    faster: 'passed',
    same: 'passed',
    slower,
    inconclusive: 'skipped',
    invalid: 'error',
  } as const
  return {
    name: `verdict on ${arm} against ${baseline} in ${primary.metric.name}`,
    outcome: outcomes[primary.verdict],
    message: primary.units === 0 ? primary.reason : `${primary.verdict}: ${renderFinding(comparison, contrast)}`,
  }
}

function makeThresholdCase(threshold: ThresholdResult): TestCase {
  const { arm, metric, limit, expected, verdict } = threshold
  const outcomes = { held: 'passed', failed: 'failure', inconclusive: 'skipped', invalid: 'error' } as const
  return {
    name: `threshold: ${arm} ${metric} ${limit} ${expected}`,
    outcome: outcomes[verdict],
    message: renderThreshold(plain)(threshold),
  }
}

/** A run that was cut short, or measured nothing, must not look like one that passed. */
function makeRunSuite({ partial, elapsedMs, seed, scenarios }: Results): TestSuite[] {
  const isEmpty = scenarios.every(({ comparisons }) => comparisons.length === 0)
  if (!partial && !isEmpty) return []
  const message = partial ? 'the run was interrupted' : 'nothing was measured'
  const cases: TestCase[] = [{ name: 'the run is complete', outcome: 'error', message }]
  return [{ name: 'the run', className: 'sessionbench', elapsedMs, properties: { seed: String(seed) }, cases }]
}
