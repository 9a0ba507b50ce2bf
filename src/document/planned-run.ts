import * as z from 'zod'
import type { JudgedComparison, JudgedScenario } from '../judge/judged-plan.ts'
import type { ComparisonPlan, Plan } from '../plan/plan.ts'
import { targetSchema } from '../plan/target-profile.ts'
import { durationMs } from '../sample/duration-ms.ts'
import { comparableMetricNames, metricNames } from '../scenario/metric-names.ts'
import { protocols } from '../scenario/protocol.ts'
import type { Expectation, RoundTrips, Threshold } from '../scenario/scenario-parts.ts'
import { defined } from '../session/defined.ts'
import { workloadSchema } from './workload-model.ts'

const number = z.number()
const count = z.int().min(0)
const text = z.string()
const params = z.record(text, z.union([text, number, z.boolean()]))
const protocol = z.enum(protocols)
const limit = number.exactOptional()

const thresholdSchema = z.union([
  z.strictObject({ variant: text, metric: z.enum(comparableMetricNames), maxRatio: number }),
  z.strictObject({ variant: text, metric: z.enum(metricNames), min: limit, max: limit }),
]) satisfies z.ZodType<Threshold>

const expectationSchema = z.strictObject({
  variant: text,
  metric: z.enum(comparableMetricNames).exactOptional(),
  params: params.exactOptional(),
  protocol: protocol.exactOptional(),
  minRttMs: limit,
  ratio: z.strictObject({ min: limit, max: limit }),
  because: text.exactOptional(),
}) satisfies z.ZodType<Expectation>

const roundTripsSchema = z.union([number, z.partialRecord(protocol, number)]) satisfies z.ZodType<RoundTrips>

const armSchema = z.strictObject({
  id: text,
  variant: text,
  params,
  baseline: text.exactOptional().describe("the arm that it is compared with, where that is not the comparison's"),
  code: z.strictObject({ role: z.enum(['head', 'base']), label: text }).exactOptional(),
})

const comparisonSchema = z.strictObject({
  id: text,
  target: targetSchema,
  seed: count.describe('of the order of its blocks, of what they draw, and of resampling'),
  arms: z.array(armSchema).readonly(),
  baselineArm: text,
  isolation: z.enum(['shared', 'process']),
  processes: count.min(1).describe('that share the load of one arm'),
  workload: workloadSchema,
  primaryMetric: z.enum(comparableMetricNames),
  thresholds: z.array(thresholdSchema).readonly(),
  margins: z.partialRecord(z.enum(comparableMetricNames), number).readonly().exactOptional(),
  tolerances: z.record(text, number).exactOptional(),
  errorBudget: number,
  exclude: z.strictObject({ cpuSteal: number }).exactOptional(),
  budgetMs: durationMs.describe('what earlier comparisons leave over comes to it; `began` says how much it has'),
  generationsToJudge: count,
  warmUp: z.strictObject({ minMs: number, minRequests: number, maxMs: number }),
  schedule: z
    .strictObject({
      blockMs: durationMs.describe('of the shortest blocks'),
      maxRounds: count.describe('of the comparison, or of each generation'),
      generations: count.exactOptional().describe('that were asked for'),
      generationMs: durationMs.exactOptional().describe('for how long each is to be measured'),
    })
    .describe('rounds are every arm once in random order and once in the mirrored one'),
}) satisfies z.ZodType<JudgedComparison>

/** One scenario, as it is planned: what its blocks will be judged by, and what a reader has to know of it. */
export const plannedScenarioSchema = z.strictObject({
  name: text,
  url: text,
  question: text,
  explain: text,
  roundTrips: z.record(text, roundTripsSchema),
  expect: z.array(expectationSchema).readonly(),
  protocols: z.array(protocol).readonly(),
  rttsMs: z.array(number).readonly(),
  targetName: text.exactOptional(),
  workload: workloadSchema.describe('its own, whatever was asked for'),
  versions: z.strictObject({ base: text, head: text }).exactOptional(),
  comparisons: z.array(comparisonSchema).readonly(),
}) satisfies z.ZodType<JudgedScenario['scenario']>
export type PlannedScenario = z.infer<typeof plannedScenarioSchema>
export type PlannedComparison = z.infer<typeof comparisonSchema>

/** What of a plan is told before it is run. */
export function makePlannedScenario({ scenario, versions, comparisons }: Plan): PlannedScenario {
  const { name, url, question, explain, roundTrips, expect, protocols, rttsMs, targetName, workload } = scenario
  return {
    ...{ name, url, question, explain, expect, protocols, rttsMs },
    roundTrips: { ...roundTrips },
    ...defined({ targetName }),
    workload,
    ...(versions && { versions: { base: versions.base, head: versions.head } }),
    comparisons: comparisons.map(makePlannedComparison),
  }
}

function makePlannedComparison(plan: ComparisonPlan): PlannedComparison {
  const { id, target, seed, baselineArm, isolation, processes, workload, primaryMetric, thresholds } = plan
  const { margins, tolerances, errorBudget, exclude, budgetMs, generationsToJudge, warmUp } = plan
  const { blockMs, maxRounds, generations, generationMs } = plan
  return {
    ...{ id, target, seed, baselineArm, isolation, processes, workload, primaryMetric, thresholds, errorBudget },
    ...{ budgetMs, generationsToJudge, warmUp },
    ...defined({ margins, tolerances: tolerances && { ...tolerances }, exclude }),
    arms: plan.arms.map(({ code, ...arm }) => ({
      ...arm,
      ...(code && { code: { role: code.role, label: code.label } }),
    })),
    schedule: { blockMs, maxRounds, ...defined({ generations, generationMs }) },
  }
}
