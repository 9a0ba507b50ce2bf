import { makeResults } from '../document/make-results.ts'
import type { Results } from '../document/model.ts'
import type { ComparisonRun } from '../judge/judge-run.ts'
import { judgeTogether } from '../judge/judge-together.ts'
import { checkBudgets } from '../plan/check-budget.ts'
import type { Plan } from '../plan/make-plan.ts'
import { readEnvironment } from '../target/environment.ts'
import type { Progress } from './progress.ts'
import { runPlan } from './run-plan.ts'

/** How measuring is followed and ended, whatever is measured. */
export interface MeasureOptions {
  /** Where relative paths start. @default process.cwd() */
  readonly workingFolder?: string
  /** Ends the run; it then resolves to what was measured so far, marked as partial. */
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: Progress) => void
  /** Gets every line that scenarios print. */
  readonly onOutput?: (line: string) => void
  /** Gets the results so far after every comparison: what to keep should the process not live to the end. */
  readonly onPartialResults?: (results: Results) => void | Promise<void>
}

/** Resolves to what `make` makes; to no plans when the signal ends that, so that reports say so as for any other interruption. */
export async function plansUnlessAborted(
  make: () => Promise<Plan[]>,
  signal: AbortSignal | undefined,
): Promise<Plan[]> {
  try {
    return await make()
  } catch (error) {
    if (signal?.aborted && error === signal.reason) return []
    throw error
  }
}

/** Measures what was planned, one comparison after another, and resolves to the results document. */
export async function runPlans(
  plans: readonly Plan[],
  options: MeasureOptions & { readonly seed: number },
): Promise<Results> {
  const { workingFolder = process.cwd(), signal = new AbortController().signal, onProgress, onOutput, seed } = options
  const context = { signal, ...(onProgress && { onProgress }), ...(onOutput && { onOutput }) }
  const startedAt = new Date().toISOString()
  const startMs = performance.now()
  checkBudgets([...plans])
  const environment = readEnvironment(workingFolder)
  const runs: { plan: Plan; comparisons: ComparisonRun[] }[] = []
  const resultsSoFar = () => {
    // Whoever sets the clock meanwhile does not change how long it took.
    const elapsedMs = Math.round(performance.now() - startMs)
    const partial = signal.aborted
    return makeResults(judgeTogether(runs), { startedAt, elapsedMs, partial, seed, environment })
  }
  for (const plan of plans) {
    const comparisons: ComparisonRun[] = []
    runs.push({ plan, comparisons })
    for await (const comparison of runPlan(plan, context)) {
      comparisons.push(comparison)
      await options.onPartialResults?.(resultsSoFar())
    }
  }
  return resultsSoFar()
}
