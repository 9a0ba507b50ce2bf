import type { Verdict } from '../statistics/verdict.ts'
import type { ComparisonResult, Results, ScenarioResult } from './model.ts'

/** What a command comes to. An earlier one outweighs a later one: no data is never a pass, nor an invalid run a regression. */
const outcomes = ['interrupted', 'invalid', 'failed', 'undecided', 'passed'] as const
export type Outcome = (typeof outcomes)[number]

/** Every exit code of the program, and what it says; README has these words in a table. */
export const exitCodes = {
  0: 'all well',
  1: 'a threshold failed, a check found a regression, or head is slower than its base',
  2: 'something is invalid or was not measured, or wrong usage. No data is never a pass',
  3: 'a threshold stayed undecided, with `--inconclusive fail`',
  70: 'a bug in sessionbench',
  130: 'interrupted; what was measured is reported and kept, marked as partial',
} as const
export type ExitCode = keyof typeof exitCodes

/** How a command ends that comes to no outcome. A bug is a mistake of the program, not of its user (EX_SOFTWARE of sysexits.h). */
export const exitCodeOfError = { usage: 2, bug: 70, interrupted: 130 } as const satisfies Record<string, ExitCode>

/** What they say of each command, as its help and README put it. */
const wordsOfCommands = {
  run: {
    0: 'all well',
    1: 'a threshold failed',
    2: 'invalid or nothing measured or wrong usage',
    3: 'a threshold undecided (with --inconclusive fail)',
    70: 'a bug',
    130: 'interrupted',
  },
  check: {
    0: 'pass',
    1: 'regression',
    2: 'invalid or nothing to compare or wrong usage',
    3: 'inconclusive (with --inconclusive fail)',
  },
  'baseline diff': { 0: 'whatever has changed', 2: 'invalid or nothing to compare or wrong usage' },
  compare: {
    0: 'head is the same or faster',
    1: 'slower beyond the margin, or a counter is more (of files: a counter or CPU time)',
    2: 'invalid or nothing to compare or wrong usage',
    3: 'inconclusive (with --inconclusive fail)',
  },
  tune: {
    0: 'an answer',
    1: 'nothing meets the objective',
    2: 'refused, invalid, stopped or failed, or wrong usage',
    70: 'a bug',
    130: 'interrupted',
  },
  calibrate: {
    0: 'measured',
    2: 'something could not be measured or wrong usage',
    130: 'interrupted (what there is is kept)',
  },
} as const satisfies Record<string, Partial<Record<ExitCode, string>>>

/** `0 pass, 1 regression`: the exit codes of a command, in a line. */
export function renderExitCodes(command: keyof typeof wordsOfCommands): string {
  // Keys that are whole numbers come in ascending order.
  const words = Object.entries(wordsOfCommands[command])
  return words.map(([code, meaning]) => `${code} ${meaning}`).join(', ')
}

/** What an undecided threshold, or an undecided comparison with other code or an earlier run, does to the exit code. */
type InconclusivePolicy = 'fail' | 'warn' | 'pass'

/** What a comparison that may only be read with care does to the exit code. */
export type SuspectPolicy = 'fail' | 'warn'

/** What of it the user wants to fail on. */
export interface ExitPolicies {
  /** @default 'warn' */
  readonly inconclusive?: InconclusivePolicy | undefined
  /** @default 'warn' */
  readonly suspect?: SuspectPolicy | undefined
  /** What has become worse is shown and is no failure. @default 'fail' */
  readonly regression?: 'fail' | 'pass' | undefined
}

/** What was found, each as often as it was. */
type Findings = Readonly<Partial<Record<Exclude<Outcome, 'passed'>, boolean>>>

/** The one ladder that all commands stand on. */
export function weigh(findings: Findings): Outcome {
  return outcomes.find((outcome) => outcome !== 'passed' && findings[outcome] === true) ?? 'passed'
}

/** The exit code of an outcome. */
export function exitCodeFor(
  outcome: Outcome,
  { inconclusive, regression }: Omit<ExitPolicies, 'suspect'> = {},
): ExitCode {
  switch (outcome) {
    case 'interrupted':
      return 130
    case 'invalid':
      return 2
    case 'failed':
      return regression === 'pass' ? 0 : 1
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
export function exitCodeOf(results: Results, { suspect, ...policies }: ExitPolicies = {}): ExitCode {
  return exitCodeFor(outcomeOf(results, suspect), policies)
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
