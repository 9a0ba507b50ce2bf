import type { Verdict } from '../statistics/verdict.ts'
import type { ComparisonResult, Results, ScenarioResult } from './model.ts'

/** What a command comes to. An earlier one outweighs a later one: no data is never a pass, nor an invalid run a regression. */
const outcomes = ['interrupted', 'invalid', 'failed', 'undecided', 'passed'] as const
export type Outcome = (typeof outcomes)[number]

/** Every exit code of the program, and what it says. */
const exitCodes = {
  0: 'all well',
  1: 'a threshold failed, or what is compared has become worse',
  2: 'invalid (with --suspect fail: suspect too), nothing measured, or wrong usage',
  3: 'undecided (with --inconclusive fail)',
  70: 'a bug',
  130: 'interrupted',
} as const
export type ExitCode = keyof typeof exitCodes

/** What an undecided threshold, or an undecided comparison with other code or an earlier run, does to the exit code. */
export type InconclusivePolicy = 'fail' | 'warn' | 'pass'

/** What a comparison that may only be read with care does to the exit code. */
export type SuspectPolicy = 'fail' | 'warn'

/** What of it the user wants to fail on. */
interface ExitPolicies {
  /** @default 'warn' */
  readonly inconclusive?: InconclusivePolicy | undefined
  /** @default 'warn' */
  readonly suspect?: SuspectPolicy | undefined
}

/** What was found, each as often as it was. */
type Findings = Readonly<Partial<Record<Exclude<Outcome, 'passed'>, boolean>>>

/** The one ladder that all commands stand on. */
export function weigh(findings: Findings): Outcome {
  return outcomes.find((outcome) => outcome !== 'passed' && findings[outcome] === true) ?? 'passed'
}

/** The exit code of an outcome. */
export function exitCodeFor(outcome: Outcome, inconclusive: InconclusivePolicy = 'warn'): ExitCode {
  switch (outcome) {
    case 'interrupted':
      return 130
    case 'invalid':
      return 2
    case 'failed':
      return 1
    case 'undecided':
      return inconclusive === 'fail' ? 3 : 0
    case 'passed':
      return 0
    default:
      return outcome satisfies never
  }
}

/** What results come to. */
export function outcomeOf(results: Results, suspect: SuspectPolicy = 'warn'): Outcome {
  const comparisons = results.scenarios.flatMap((scenario) => scenario.comparisons)
  const verdicts = [
    ...comparisons.flatMap(({ thresholds }) => thresholds.map(({ verdict }) => verdict)),
    ...results.scenarios.filter(({ versions }) => versions !== undefined).flatMap(verdictsOfVersions),
  ]
  return weigh({
    interrupted: results.partial,
    invalid:
      comparisons.length === 0 ||
      comparisons.some(isInvalid) ||
      (suspect === 'fail' && comparisons.some(({ validity }) => validity === 'suspect')) ||
      verdicts.includes('invalid'),
    failed: verdicts.includes('failed') || verdicts.includes('slower') || comparisons.some(hasWorseCounters),
    undecided: verdicts.includes('inconclusive') || comparisons.some(({ counters }) => counters?.length === 0),
  })
}

/** The exit code that results deserve. */
export function exitCodeOf(results: Results, { inconclusive, suspect }: ExitPolicies = {}): ExitCode {
  return exitCodeFor(outcomeOf(results, suspect), inconclusive)
}

/** Whether head needs more connections, handshakes, requests or bytes than base. */
export function hasWorseCounters({ counters = [] }: ComparisonResult): boolean {
  return counters.some(({ state }) => state === 'worse')
}

/**
 * Whether a comparison says nothing. One that had no time for a verdict still has exact counters: what they show to be worse
 * is so, however long one measures.
 */
export function isInvalid(comparison: ComparisonResult): boolean {
  const { validity, end, reasons } = comparison
  const isOnlyShort = end.state === 'too short' && reasons.every((reason) => reason === end.message)
  return validity === 'invalid' && !(isOnlyShort && hasWorseCounters(comparison))
}

/** Between variants somebody has to be slower; between two versions of one variant it is a regression. */
function verdictsOfVersions({ comparisons }: ScenarioResult): Verdict[] {
  const judged = comparisons.filter((comparison) => comparison.end.state !== 'too short')
  return judged.flatMap(({ contrasts }) => contrasts.map(({ primary }) => primary.verdict))
}
