import { type CaseOutcome, renderSuites, type TestCase, type TestSuite } from '../report/junit-suites.ts'
import type { CheckDocument } from './check-model.ts'
import { describeRuns } from './check-text.ts'
import { describeMeasured, type Gate, listGates } from './list-gates.ts'

const outcomes: Readonly<Record<Gate['state'], CaseOutcome>> = {
  held: 'passed',
  failed: 'failure',
  undecided: 'skipped',
  'not judged': 'skipped',
  invalid: 'error',
}

/** A check as JUnit XML: a suite per comparison with a case per gate. A check that is invalid has an error that says why, and skips the rest. */
export function renderCheckJunit(check: CheckDocument): string {
  const comparisons = Map.groupBy(listGates(check), ({ scenario, comparison }) =>
    comparison === undefined ? scenario : `${scenario}: ${comparison}`,
  )
  const suites = [...comparisons].map(
    ([name, gates]): TestSuite => ({
      name,
      className: `sessionbench.${gates[0]?.scenario}`,
      elapsedMs: 0,
      properties: { earlier: check.earlierStartedAt, later: check.laterStartedAt },
      cases: gates.map(makeCase),
    }),
  )
  return renderSuites([makeCheckSuite(check), ...suites], check.laterStartedAt)
}

/** Says what was compared; no gate at all must not look like a pass. */
function makeCheckSuite(check: CheckDocument): TestSuite {
  const isInvalid = check.verdict === 'invalid'
  const validity: TestCase = {
    name: 'the check is valid',
    outcome: isInvalid ? 'error' : 'passed',
    message: isInvalid ? check.reasons.join('\n') : describeRuns(check),
  }
  const promises = check.emptyPromises.map((message, index): TestCase => {
    return { name: `promise ${index + 1} can be kept on this machine`, outcome: 'skipped', message }
  })
  const properties = { verdict: check.verdict, 'exit code': String(check.exitCode) }
  return { name: 'the check', className: 'sessionbench', elapsedMs: 0, properties, cases: [validity, ...promises] }
}

function makeCase(gate: Gate): TestCase {
  const { arm, name, state } = gate
  return {
    name: arm === undefined ? name : `${arm}: ${name}`,
    outcome: outcomes[state],
    message: `${state}: ${describeMeasured(gate)}`,
    type: 'gate',
  }
}
