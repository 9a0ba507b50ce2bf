import { randomInt } from 'node:crypto'
import { describeScenario, describeScenarios } from './arm/describe-scenario.ts'
import type { ArmProcessOptions } from './arm/supervisor.ts'
import { UsageError } from './bench-error.ts'
import type { Progress } from './measure/progress.ts'
import { runPlan, type ScenarioRun } from './measure/run-plan.ts'
import { findOptionProblems } from './plan/check-options.ts'
import { findConflicts } from './plan/find-conflicts.ts'
import { makePlan, type PlanOptions } from './plan/make-plan.ts'
import { makeResults } from './report/make-results.ts'
import type { Results } from './report/model.ts'
import { findBundledScenarios, findScenario } from './scenario/find.ts'
import type { ScenarioDescription } from './scenario/resolve-scenario.ts'
import { type Selection, selectScenarios } from './scenario/suites.ts'
import { readEnvironment } from './target/environment.ts'

/** What to run, and how; every field of PlanOptions overrides the scenario's own value. */
export interface RunOptions extends Omit<PlanOptions, 'seed'>, Selection {
  /** Decides the order of all blocks; the results hold it. @default a random one */
  readonly seed?: number | undefined
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

/**
 * Runs scenarios, given by bundled name or by path, and resolves to the results document. Rejects with UsageError for an
 * unknown scenario or a wrong option and with ArmFailure for a module that is not a valid one; what fails later is said in
 * the results.
 *
 * @example
 * const results = await run(['stateless-vs-session'], { budgetMs: 10_000, rttsMs: [20] })
 */
export async function run(names: readonly string[], options: RunOptions = {}): Promise<Results> {
  checkOptions(names, options)
  const { workingFolder = process.cwd(), signal = new AbortController().signal, onProgress, onOutput } = options
  const context = { signal, ...(onProgress && { onProgress }), ...(onOutput && { onOutput }) }
  const seed = options.seed ?? randomInt(2 ** 32)
  const startedAt = new Date()

  const urls = names.map((name) => requireScenario(name, workingFolder))
  const scenarios = isSelecting(options) ? await describeSelected(options, context) : []
  const named = []
  for (const url of urls) named.push(await describeScenario(url, context))
  checkConflicts(named, options)
  scenarios.push(...named)
  const plans = scenarios.map((scenario) => makePlan(scenario, { ...options, seed }))

  const environment = readEnvironment(workingFolder)
  const runs: ScenarioRun[] = []
  const resultsSoFar = () => {
    const elapsedMs = Date.now() - startedAt.getTime()
    const startedAtText = startedAt.toISOString()
    return makeResults(runs, { startedAt: startedAtText, elapsedMs, partial: signal.aborted, seed, environment })
  }
  for (const plan of plans) {
    const comparisons: ScenarioRun['comparisons'][number][] = []
    runs.push({ plan, comparisons })
    for await (const comparison of runPlan(plan, context)) {
      comparisons.push(comparison)
      await options.onPartialResults?.(resultsSoFar())
    }
  }
  return resultsSoFar()
}

/** Of a suite some scenarios may have no use for an option; one that was named must not ignore what was asked of it. */
function checkConflicts(named: readonly ScenarioDescription[], options: RunOptions): void {
  const problems = named.flatMap((scenario) => findConflicts(scenario, options))
  if (problems.length > 0) throw new UsageError(`these options cannot be run:\n  ${problems.join('\n  ')}`)
}

function checkOptions(names: readonly string[], options: RunOptions): void {
  const problems = [
    ...(names.length === 0 && !isSelecting(options) ? ['names: expected at least one scenario'] : []),
    ...(names.length > 0 && isSelecting(options) ? ['names: expected either scenarios, or a suite or tags'] : []),
    ...findOptionProblems(options),
  ]
  if (problems.length > 0) throw new UsageError(`these options cannot be run:\n  ${problems.join('\n  ')}`)
}

function isSelecting({ suite, tags }: Selection): boolean {
  return suite !== undefined || tags !== undefined
}

async function describeSelected(selection: Selection, context: ArmProcessOptions): Promise<ScenarioDescription[]> {
  const scenarios = await describeScenarios([...findBundledScenarios().values()], context)
  const selected = selectScenarios(scenarios, selection)
  if (selected.length > 0) return selected
  const known = [...new Set(scenarios.flatMap(({ tags }) => tags))].sort().join(', ')
  throw new UsageError(`no bundled scenario has these tags: expected any of ${known}`)
}

function requireScenario(name: string, workingFolder: string): string {
  const url = findScenario(name, workingFolder)
  if (url !== undefined) return url
  const known = [...findBundledScenarios().keys()].join(', ')
  throw new UsageError(`there is no scenario '${name}': expected the path of a module, or one of ${known}`)
}
