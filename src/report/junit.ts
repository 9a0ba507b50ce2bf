import { escapeMarkup } from './escape-markup.ts'
import { renderFinding } from './finding.ts'
import { plainSecondsOfMs } from './format.ts'
import type { ComparisonResult, ContrastResult, Results, ScenarioResult, ThresholdResult } from './model.ts'
import { plain } from './table.ts'
import { renderThreshold } from './threshold-text.ts'

/** How a test case ended; `skipped` stands for what could not be decided, `error` for what cannot be trusted. */
type Outcome = 'passed' | 'failure' | 'error' | 'skipped'

interface TestCase {
  readonly name: string
  readonly outcome: Outcome
  /** What the case saw, in words. */
  readonly message: string
}

interface TestSuite {
  readonly name: string
  readonly className: string
  readonly elapsedMs: number
  readonly properties: Readonly<Record<string, string>>
  readonly cases: readonly TestCase[]
}

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
  const rendered = suites.map((suite, index) => renderSuite(suite, index, results.startedAt))
  return `${['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites>', ...rendered, '</testsuites>'].join('\n')}\n`
}

function makeSuite(
  { name, question, versions }: ScenarioResult,
  comparison: ComparisonResult,
  seed: number,
): TestSuite {
  const { validity, reasons, contrasts, thresholds, elapsedMs } = comparison
  const isInvalid = validity === 'invalid'
  const validityCase: TestCase = {
    name: 'the measurement is valid',
    outcome: isInvalid ? 'error' : 'passed',
    message: reasons.length === 0 ? question : reasons.join('\n'),
  }
  const judged = [
    ...contrasts.map((contrast) => makeVerdictCase(comparison, contrast, versions ? 'failure' : 'passed')),
    ...thresholds.map(makeThresholdCase),
  ]
  const cases = isInvalid
    ? judged.map(({ name }) => ({ name, outcome: 'skipped' as const, message: 'the measurement is invalid' }))
    : judged
  return {
    name: `${name}: ${comparison.id}`,
    className: `sessionbench.${name}`,
    elapsedMs,
    properties: { seed: String(seed), validity, end: comparison.end.state },
    cases: [validityCase, ...cases],
  }
}

function makeVerdictCase(comparison: ComparisonResult, contrast: ContrastResult, slower: Outcome): TestCase {
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

function renderSuite(
  { name, className, elapsedMs, properties, cases }: TestSuite,
  id: number,
  startedAt: string,
): string {
  const count = (outcome: Outcome) => String(cases.filter((one) => one.outcome === outcome).length)
  const attributes = renderAttributes({
    name,
    id: String(id),
    package: className,
    hostname: 'localhost',
    timestamp: startedAt.slice(0, 'yyyy-mm-ddThh:mm:ss'.length),
    tests: String(cases.length),
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
    time: plainSecondsOfMs(elapsedMs),
  })
  const notes = cases.filter(({ outcome }) => outcome === 'passed').map(({ name, message }) => `${name}: ${message}`)
  return [
    `  <testsuite${attributes}>`,
    '    <properties>',
    ...Object.entries(properties).map(([name, value]) => `      <property${renderAttributes({ name, value })}/>`),
    '    </properties>',
    ...cases.map((one) => renderCase(one, className)),
    `    <system-out>${escapeMarkup(notes.join('\n')).replaceAll('&#10;', '\n')}</system-out>`,
    '    <system-err/>',
    '  </testsuite>',
  ].join('\n')
}

function renderCase({ name, outcome, message }: TestCase, className: string): string {
  const opening = `    <testcase${renderAttributes({ name, classname: className, time: '0' })}`
  switch (outcome) {
    case 'passed':
      return `${opening}/>`
    case 'skipped':
      return `${opening}><skipped>${escapeMarkup(message)}</skipped></testcase>`
    case 'failure':
    case 'error': {
      const [firstLine = ''] = message.split('\n')
      const type = outcome === 'failure' ? 'threshold' : 'invalid'
      return `${opening}><${outcome}${renderAttributes({ type, message: firstLine })}>${escapeMarkup(message)}</${outcome}></testcase>`
    }
    default:
      return outcome satisfies never
  }
}

function renderAttributes(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escapeMarkup(value)}"`)
    .join('')
}
