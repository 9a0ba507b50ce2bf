import { completeRounds } from '../judge/contrast-rounds.ts'
import { countRounds } from '../judge/exclude-rounds.ts'
import { findSaturated } from '../judge/find-saturated.ts'
import type { ComparisonRun, ScenarioRun } from '../judge/judge-run.ts'
import { judgeValidity } from '../judge/judge-validity.ts'
import { findChanges } from '../plan/find-changes.ts'
import type { Environment } from '../sample/environment.ts'
import { countsButBytes } from '../sample/wire-counts.ts'
import { at } from '../session/at.ts'
import { defined } from '../session/defined.ts'
import { judgeExpectations, makeRoundTripRows } from './expectations.ts'
import { type ComparisonResult, type Results, resultsSchemaVersion, type ScenarioResult } from './model.ts'

interface ResultsOptions {
  readonly startedAt: string
  readonly elapsedMs: number
  readonly partial: boolean
  readonly seed: number
  readonly environment: Environment
}

/** Makes the results document from everything that was run. */
export function makeResults(runs: readonly ScenarioRun[], options: ResultsOptions): Results {
  return {
    schemaVersion: resultsSchemaVersion,
    kind: 'sessionbench.results',
    ...options,
    scenarios: runs.map((run) => makeScenarioResult(run, options.environment)),
  }
}

function makeScenarioResult(
  { plan: { scenario, versions }, comparisons: runs }: ScenarioRun,
  { cpuCount }: Environment,
): ScenarioResult {
  const { name, url, question, explain, roundTrips } = scenario
  const comparisons = runs.map((run) => {
    const changes = findChanges(scenario, run.plan)
    const comparison = { ...makeComparisonResult(run), ...(changes.length > 0 && { unlikeScenario: changes }) }
    return { ...comparison, expectations: judgeExpectations(comparison, scenario) }
  })
  const roundTripModel = makeRoundTripRows(comparisons, roundTrips, cpuCount)
  const compared = versions && { versions: { ...versions, notes: [...versions.notes] } }
  return { name, url, question, explain, ...compared, roundTripModel, comparisons }
}

function makeComparisonResult(run: ComparisonRun): Omit<ComparisonResult, 'expectations'> {
  const { plan, unit, looks, moment, end, elapsedMs, blocks, kept, summaries, judgement, thresholds } = run
  const { id, target, isolation, budgetMs, baselineArm, primaryMetric, workload, processes } = plan
  return {
    ...{ id, target, isolation, unit, processes, workload, budgetMs, elapsedMs, end },
    rounds: completeRounds(kept, plan).length,
    ...(plan.exclude && { excludedRounds: countRounds(blocks) - countRounds(kept) }),
    unitsToJudge: plan.generationsToJudge,
    ...judgeValidity(run),
    ledger: countLedgerChecks(run),
    judging: {
      seed: plan.seed,
      looks: [...looks.looks],
      alpha: looks.alpha,
      moment,
      errorBudget: plan.errorBudget,
      ...defined({
        margins: plan.margins,
        tolerances: plan.tolerances && { ...plan.tolerances },
        exclude: plan.exclude,
      }),
    },
    ...{ baselineArm, primaryMetric },
    // What an arm is compared with stands in its contrast.
    arms: plan.arms.map(({ code, baseline: _baseline, ...arm }, index) => {
      const { arm: _, ...summary } = at(summaries, index)
      const version = code && { code: { role: code.role, label: code.label } }
      const saturated = pacedByLoops(workload) ? findSaturated(summary) : undefined
      return { ...arm, ...version, ...summary, ...(saturated && { saturated }), failures: [...summary.failures] }
    }),
    contrasts: judgement.contrasts,
    thresholds: [...thresholds],
    ...(run.counters && { counters: [...run.counters] }),
    ...(run.warmUps.length > 0 && { warmUps: [...run.warmUps] }),
    ...(run.local.length > 0 && { local: [...run.local] }),
    blocks: [...blocks],
  }
}

/** An open loop's pace is given, and a function is timed in a loop that is always busy. */
function pacedByLoops({ model }: ComparisonResult['workload']): boolean {
  return model === 'closed' || model === 'raw' || model === 'autocannon'
}

function countLedgerChecks({ blocks, plan: { target } }: ComparisonRun): ComparisonResult['ledger'] {
  const checked = blocks.filter(({ disagreements }) => disagreements !== undefined)
  if (checked.length === 0) return null
  const blocksAgreeing = checked.filter(({ disagreements }) => disagreements?.length === 0).length
  const leavesBytesOut = target.kind === 'fixture' && (target.protocol === 'h2' || target.conditions?.proxies === true)
  return { blocksChecked: checked.length, blocksAgreeing, ...(leavesBytesOut && { counts: [...countsButBytes] }) }
}
