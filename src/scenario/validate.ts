import * as z from 'zod'
import { fieldsOf } from '../session/fields-of.ts'
import type { AnyScenario } from './define.ts'
import { engineNames } from './engine-name.ts'
import { findEngineProblems, type ScenarioProblem } from './engine-problems.ts'
import { comparableMetricNames, metricNames } from './metric-names.ts'
import { type OptionName, options } from './options.ts'
import type { Sweep } from './scenario-parts.ts'
import { targetConditionsFields } from './target-conditions.ts'

const oneOrMore = <T extends z.ZodType>(item: T) => z.union([item, z.array(item).min(1)])
const isFunction = z.custom((value) => typeof value === 'function', 'expected a function that makes the variant')
const variantName = z.string().min(1).max(40)
/** As the table of options has it. */
const field = (name: OptionName) => options[name].schema.optional()
const iterationTimeoutMs = z.number().min(1).max(3_600_000).optional()
const workloadSchema = z.discriminatedUnion('model', [
  z
    .strictObject({
      model: z.literal('closed'),
      concurrency: options.concurrency.schema.optional(),
      thinkTimeMs: field('thinkTimeMs'),
      iterations: options.iterations.schema.optional(),
      maxDurationMs: z.number().min(1).max(3_600_000).optional(),
      iterationTimeoutMs,
    })
    .refine(({ concurrency = 1, iterations = concurrency }) => concurrency <= iterations, {
      path: ['concurrency'],
      error: 'expected at most one worker per iteration; give fewer workers or more iterations',
    })
    .refine(({ iterations, maxDurationMs }) => iterations !== undefined || maxDurationMs === undefined, {
      path: ['maxDurationMs'],
      error: 'bounds a block of `iterations`, and there are none; leave it out or add them',
    }),
  z
    .strictObject({
      model: z.literal('open'),
      arrivalRate: field('arrivalRate'),
      stages: field('stages'),
      arrivals: field('arrivals'),
      maxInFlight: field('maxInFlight'),
      iterationTimeoutMs,
    })
    .refine(({ arrivalRate, stages }) => (arrivalRate === undefined) !== (stages === undefined), {
      path: ['arrivalRate'],
      error: 'expected either arrivalRate, or stages that say how it changes',
    }),
])
const parse = z.custom((value) => typeof value === 'function', 'expected a function that makes a row')
const fileFeed = {
  order: z.enum(['sequential', 'random']).optional(),
  onEnd: z.enum(['repeat', 'stop']).optional(),
}
const oneSource = 'a feed has one source: expected either csv or json'
const absent = (error: string) => z.undefined({ error }).optional()
const feedSchema = z.union([
  z.strictObject({
    csv: z.string().min(1),
    json: absent(oneSource),
    delimiter: z.string().length(1).optional(),
    parse: parse.optional(),
    ...fileFeed,
  }),
  z.strictObject({ json: z.string().min(1), csv: absent(oneSource), parse, ...fileFeed }),
  z.strictObject({
    generate: parse,
    order: absent('is of the rows of a file, and these are made one by one as they are asked for; leave it out'),
    onEnd: absent('is of the rows of a file, and these have no end; leave it out'),
  }),
])
const userFeedSchema = feedSchema.refine((feed) => !('onEnd' in feed && feed.onEnd === 'stop'), {
  path: ['onEnd'],
  error: "rows of users cannot 'stop' a block; leave it out, and they repeat when there are more users",
})
const sweepValues = z
  .array(z.union([z.string(), z.number(), z.boolean()]))
  .min(1)
  .refine((values) => new Set(values.map(String)).size === values.length, { error: 'expected values that differ' })
const comparable = z.enum(comparableMetricNames)
const protocol = options.protocols.item
const sweepValue = z.union([z.string(), z.number(), z.boolean()])
const roundTripCount = z.number().min(0).max(100)
const expectationSchema = z.strictObject({
  variant: variantName,
  metric: comparable.optional(),
  params: z.record(z.string(), sweepValue).optional(),
  protocol: protocol.optional(),
  minRttMs: z.number().min(0).optional(),
  ratio: z
    .strictObject({ min: z.number().min(0).optional(), max: z.number().min(0).optional() })
    .refine(({ min, max }) => min !== undefined || max !== undefined, { error: 'expected a limit: max or min' }),
  because: z.string().optional(),
})

const scenarioSchema = z.strictObject({
  engine: z.enum(engineNames).optional(),
  question: z.string().min(1),
  explain: z.string().optional(),
  tags: z.array(z.string()).optional(),
  roundTrips: z.record(variantName, z.union([roundTripCount, z.partialRecord(protocol, roundTripCount)])).optional(),
  expect: z.array(expectationSchema).optional(),
  target: z
    .strictObject({
      name: field('targetName'),
      protocol: oneOrMore(protocol).optional(),
      rttMs: oneOrMore(options.rttsMs.item).optional(),
      ...targetConditionsFields,
    })
    .optional(),
  workload: workloadSchema.optional(),
  sweep: z.record(z.string().min(1), sweepValues).optional(),
  baseline: variantName.optional(),
  variants: z.record(variantName, isFunction).refine((variants) => Object.keys(variants).length > 0, {
    error: 'expected at least one variant',
  }),
  feed: feedSchema.optional(),
  userFeed: userFeedSchema.optional(),
  primaryMetric: comparable.optional(),
  thresholds: z
    .array(
      z.union([
        z.strictObject({ variant: variantName, metric: comparable, maxRatio: z.number().positive() }),
        z
          .strictObject({
            variant: variantName,
            metric: z.enum(metricNames),
            min: z.number().optional(),
            max: z.number().optional(),
          })
          .refine(({ min, max }) => min !== undefined || max !== undefined, {
            error: 'expected a limit: maxRatio, max or min',
          }),
      ]),
    )
    .optional(),
  budgetMs: field('budgetMs'),
  margins: field('margins'),
  errorBudget: z.number().min(0).max(1).optional(),
  expectedStatuses: z.array(z.int().min(400).max(599)).optional(),
  exclude: z.strictObject({ cpuSteal: z.number().min(0).max(1) }).optional(),
  isolation: field('isolation'),
  variantPer: field('variantPer'),
  phases: field('phases'),
  processes: field('processes'),
})

/** The scenario that a module's default export is, or every problem that keeps it from being one. */
export function validateScenario(
  value: unknown,
): { readonly scenario: AnyScenario<string, Sweep> } | { readonly problems: readonly ScenarioProblem[] } {
  if (value === undefined) {
    return {
      problems: [{ path: '(module)', message: 'has no default export; write `export default defineScenario({ … })`' }],
    }
  }
  const parsed = scenarioSchema.safeParse(value)
  const problems = [
    ...(parsed.success ? [] : parsed.error.issues.map(describeIssue)),
    ...crossReferenceProblems(value),
    ...findEngineProblems(value),
  ]
  return problems.length === 0 ? { scenario: value as AnyScenario<string, Sweep> } : { problems }
}

function describeIssue(issue: z.core.$ZodIssue): ScenarioProblem {
  if (issue.code === 'invalid_union') {
    const branches = issue.errors.map((branch) =>
      branch.map((inner) => describeIssue({ ...inner, path: [...issue.path, ...inner.path] })),
    )
    const best = branches.sort((a, b) => a.length - b.length)[0]?.[0]
    if (best) return best
  }
  return { path: renderPath(issue.path), message: issue.message }
}

/** What a schema of one field cannot see: names that must be keys of `variants`, and settings that mean nothing together. */
function crossReferenceProblems(value: unknown): ScenarioProblem[] {
  const { variants, thresholds, sweep, expect, roundTrips, target, ...rest } = fieldsOf(value)
  if (typeof variants !== 'object' || variants === null) return []
  const names = Object.keys(variants)
  const all = names.map((name) => `'${name}'`).join(', ')
  const expected = `expected one of ${all}`
  const problems: ScenarioProblem[] = tlsProblems(target)
  const { baseline = names.length === 1 ? names[0] : undefined } = rest
  if (baseline === undefined && names.length > 1) {
    problems.push({ path: 'baseline', message: `expected the variant that the others are compared with: ${all}` })
  }
  if (typeof baseline === 'string' && !names.includes(baseline)) {
    problems.push({ path: 'baseline', message: `${expected}, got '${baseline}'` })
  }
  const wrongName = (name: unknown) => typeof name === 'string' && !names.includes(name)
  for (const [index, expectation] of (Array.isArray(expect) ? expect : []).entries()) {
    const name: unknown = expectation?.variant
    if (wrongName(name)) problems.push({ path: `expect[${index}].variant`, message: `${expected}, got '${name}'` })
  }
  for (const name of Object.keys(roundTrips ?? {}).filter(wrongName)) {
    problems.push({ path: `roundTrips.${name}`, message: expected })
  }
  const hasSweep = sweepSize(sweep) > 1
  for (const [index, threshold] of (Array.isArray(thresholds) ? thresholds : []).entries()) {
    const name: unknown = threshold?.variant
    const path = `thresholds[${index}]`
    if (typeof name === 'string' && !names.includes(name)) {
      problems.push({ path: `${path}.variant`, message: `${expected}, got '${name}'` })
    } else if (name === baseline && threshold?.maxRatio !== undefined && !hasSweep) {
      problems.push({ path: `${path}.maxRatio`, message: `'${name}' is the baseline, its ratio to itself is always 1` })
    }
  }
  return problems
}

/** TLS settings for a target without TLS: whoever wrote them expects something that would not happen. */
function tlsProblems(target: unknown): ScenarioProblem[] {
  if (typeof target !== 'object' || target === null) return []
  const options = fieldsOf(target)
  const speaksTls = [options.protocol ?? 'http'].flat().some((protocol) => protocol !== 'http')
  const fields = ['tlsVersion', 'sessionTickets'].filter((field) => options[field] !== undefined)
  if (speaksTls) return []
  return fields.map((field) => ({
    path: `target.${field}`,
    message: "is about TLS, which protocol 'http' does not have; add protocol: 'https' or 'h2'",
  }))
}

function sweepSize(sweep: unknown): number {
  if (typeof sweep !== 'object' || sweep === null) return 1
  return Object.values(sweep).reduce<number>((size, values) => size * (Array.isArray(values) ? values.length : 1), 1)
}

function renderPath(path: readonly PropertyKey[]): string {
  if (path.length === 0) return '(module)'
  return path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`),
    '',
  )
}
