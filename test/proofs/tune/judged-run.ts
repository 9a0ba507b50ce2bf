import { renderRows } from '../../../src/words/rows.ts'
import type { Judgement, Verdict } from './judge-tuning.ts'

/** One tuning of a known target, as it is kept in a log. */
export interface JudgedRun extends Judgement {
  readonly target: string
  /** How quiet it was there. */
  readonly place: string
  readonly seed: number
  readonly elapsedMs: number
  /** Of the answer. */
  readonly state: string
  /** What it came to, in a few words. */
  readonly answer?: string
  /** As it was printed, of a run that is not right. */
  readonly text?: string
}

export function countVerdicts(runs: readonly JudgedRun[], verdict: Verdict): number {
  return runs.filter((run) => run.verdict === verdict).length
}

/** A row for each target and one for all, and beneath what was not told, or not true. */
export function renderRuns(runs: readonly JudgedRun[]): string {
  const rows = [...Map.groupBy(runs, ({ target }) => target), ['all', runs] as const].map(([name, own]) => ({
    name,
    own,
    answered: own.filter(({ state }) => state === 'recommended' || state === 'likely'),
  }))
  const table = renderRows(
    rows,
    [
      { head: 'target', cell: ({ name }) => name },
      { head: 'right', cell: ({ own }) => String(countVerdicts(own, 'right')) },
      { head: 'no answer', cell: ({ own }) => String(countVerdicts(own, 'no answer')) },
      { head: 'wrong', cell: ({ own }) => String(countVerdicts(own, 'wrong')) },
      {
        head: 'sure',
        cell: ({ answered }) =>
          answered.length === 0
            ? '–'
            : `${answered.filter(({ state }) => state === 'recommended').length} of ${answered.length}`,
      },
      { head: 'mean s', cell: ({ own }) => meanSeconds(own).toFixed(0) },
    ],
    (_, words) => words,
  )
  const notes = runs.flatMap(({ target, place, seed, untrue, missing }) => [
    ...untrue.map((words) => `  WRONG ${target}, ${place}, seed ${seed}: ${words}`),
    ...missing.map((words) => `  not told: ${target}, ${place}, seed ${seed}: ${words}`),
  ])
  return [table, ...notes].join('\n')
}

function meanSeconds(runs: readonly JudgedRun[]): number {
  return runs.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0) / 1_000 / Math.max(1, runs.length)
}
