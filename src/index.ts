import { makeLocalHost } from './arm/local-host.ts'
import { type CompareOptions, tellComparison } from './compare/compare.ts'
import type { Results } from './document/model.ts'
import { foldAll } from './run/measure-options.ts'
import { type RunOptions, tellRun } from './run/run.ts'

export { BenchError, type BenchErrorCode, UsageError } from './bench-error.ts'
export type { CompareOptions } from './compare/compare.ts'
export { type Results, resultsSchema } from './document/model.ts'
export type { RunEvent } from './document/run-event.ts'
export type { RunOptions } from './run/run.ts'
export { type AnyScenario, defineScenario, type Scenario } from './scenario/define.ts'
export type { EngineName } from './scenario/engine-name.ts'
export type { MicroCall, MicroScenario, MicroVariant, RawLoad, RawRequest, RawScenario } from './scenario/engines.ts'
export type { CsvFeed, CsvRow, Feed, GeneratedFeed, JsonFeed } from './scenario/feed.ts'
export type { Iteration, RunIteration, RunnableVariant, User, Variant, VariantOfUsers } from './scenario/iteration.ts'
export type { ComparableMetricName, MetricName } from './scenario/metric-names.ts'
export type { Protocol } from './scenario/protocol.ts'
export type {
  ExclusionRule,
  Expectation,
  Isolation,
  MakeVariant,
  RoundTrips,
  Sweep,
  Target,
  TargetOptions,
  Threshold,
  VariantContext,
  Workload,
} from './scenario/scenario-parts.ts'
export type { Stage } from './scenario/stages.ts'
export type { TargetConditions, TargetFaults, TargetProxies } from './scenario/target-conditions.ts'

/**
 * Runs scenarios, given by bundled name or by path, and resolves to the results document. Rejects with UsageError for an
 * unknown scenario or a wrong option and with ArmFailure for a module that is not a valid one; what fails later is said in
 * the results.
 *
 * @example
 * const results = await run(['stateless-vs-session'], { budgetMs: 10_000, rttsMs: [20] })
 */
export async function run(names: readonly string[], options: RunOptions = {}): Promise<Results> {
  return foldAll(tellRun(names, { ...options, host: makeLocalHost() }), options)
}

/**
 * Measures two versions of the code side by side, interleaved: `head`, the files as they are, against `base`, a git ref, a
 * folder or a version of a package. Resolves to the results document; its contrasts are head ÷ base, one per target and
 * variant, and together one family. Rejects with UsageError for a base that cannot be had.
 *
 * @example
 * const { scenarios } = await compare(['bench/checkout.ts'], { base: 'main' })
 */
export async function compare(names: readonly string[], options: CompareOptions): Promise<Results> {
  return foldAll(tellComparison(names, { ...options, host: makeLocalHost() }), options)
}
