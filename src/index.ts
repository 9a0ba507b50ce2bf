export { BenchError, type BenchErrorCode, UsageError } from './bench-error.ts'
export { type CompareOptions, compare } from './compare/compare.ts'
export { type Results, resultsSchema } from './document/model.ts'
export type { RunEvent } from './document/run-event.ts'
export { type RunOptions, run } from './run/run.ts'
export {
  type AnyScenario,
  defineScenario,
  type ExclusionRule,
  type Expectation,
  type Isolation,
  type MakeVariant,
  type Protocol,
  type RoundTrips,
  type Scenario,
  type Sweep,
  type Target,
  type TargetOptions,
  type Threshold,
  type VariantContext,
  type Workload,
} from './scenario/define.ts'
export type {
  EngineName,
  MicroCall,
  MicroScenario,
  MicroVariant,
  RawRequest,
  RawScenario,
} from './scenario/engines.ts'
export type { CsvFeed, CsvRow, Feed, GeneratedFeed, JsonFeed } from './scenario/feed.ts'
export type { Iteration, RunIteration, RunnableVariant, User, Variant, VariantOfUsers } from './scenario/iteration.ts'
export type { ComparableMetricName, MetricName } from './scenario/metric-names.ts'
export type { Stage } from './scenario/stages.ts'
export type { TargetConditions, TargetFaults, TargetProxies } from './scenario/target-conditions.ts'
