import { expect, it } from 'vitest'
import { makeVersionPlans } from '../../../src/compare/make-version-plans.ts'
import { deriveSeed } from '../../../src/plan/derive-seed.ts'
import type { CodeVersion } from '../../../src/plan/plan.ts'
import { resolveScenario } from '../../../src/scenario/resolve-scenario.ts'

const make = () => () => {}
const scenario = resolveScenario(
  {
    question: '?',
    baseline: 'a',
    variants: { a: make, b: make },
    sweep: { size: [1, 2] },
    target: { protocol: ['http', 'https'] },
    thresholds: [{ variant: 'b', metric: 'latency.p50', maxRatio: 1 }],
  },
  { name: 's', url: 'file:///s.ts' },
)
const code = (role: CodeVersion['role'], label: string): CodeVersion => ({
  role,
  label,
  scenarioUrl: `file:///${role}.ts`,
  imports: [],
})
const versions = {
  scenario,
  variants: ['a', 'b'],
  base: code('base', 'main@1'),
  head: code('head', 'now'),
  notes: ['n'],
}

it('compares base with head for every target, variant and sweep point, each with processes and an order of its own', () => {
  const [plan] = makeVersionPlans([versions], { seed: 7 })
  expect(plan?.versions).toEqual({ base: 'main@1', head: 'now', notes: ['n'] })
  expect(plan?.comparisons.map(({ id }) => id)).toEqual(
    ['http', 'https'].flatMap((protocol) =>
      ['a size=1', 'a size=2', 'b size=1', 'b size=2'].map((arm) => `${protocol}, 0 ms RTT: ${arm}`),
    ),
  )
  for (const comparison of plan?.comparisons ?? []) {
    expect(comparison).toMatchObject({
      isolation: 'process',
      thresholds: [],
      arms: [{ code: versions.base }, { code: versions.head }],
    })
    const [base, head] = comparison.arms.map(({ id }) => id)
    expect(base).toMatch(/^[ab] size=[12] \(base: main@1\)$/)
    expect(head).toBe(base?.replace('base: main@1', 'head'))
    expect(comparison.rounds.map((rounds) => rounds.length)).toEqual(Array.from({ length: 64 }, () => 16))
    expect(comparison.baselineArm).toBe(comparison.arms[0]?.id)
    expect(comparison.arms.every((arm) => arm.baseline === undefined)).toBe(true)
    expect(new Set(comparison.rounds[0]?.[0])).toEqual(new Set(comparison.arms.map(({ id }) => id)))
  }
  expect(plan?.comparisons.map(({ seed }) => seed)).toEqual(
    Array.from({ length: 8 }, (_, index) => deriveSeed(7, 'comparison', index)),
  )
})

it('is called after its target alone where that names it', () => {
  const one = resolveScenario(
    { question: '?', baseline: 'a', variants: { a: make, b: make } },
    { name: 'one', url: 'file:///one.ts' },
  )
  const [plan] = makeVersionPlans([{ ...versions, scenario: one, variants: ['a'] }], { seed: 7 })
  expect(plan?.comparisons.map(({ id }) => id)).toEqual(['http, 0 ms RTT'])
})

it('asks what the scenario asks, but nothing that it expects of its variants', () => {
  const expecting = { ...scenario, expect: [{}], roundTrips: { a: 2 } } as never
  const [plan] = makeVersionPlans([{ ...versions, scenario: expecting }], { seed: 7 })
  expect(plan?.scenario).toEqual({ ...scenario, expect: [], roundTrips: {} })
})

it('takes the time of all generations with slow warm-ups, unless it is given one', () => {
  const planned = (options: object) => makeVersionPlans([versions], { seed: 7, ...options })[0]?.comparisons[0]
  expect(planned({})).toMatchObject({ budgetMs: 9 * (2 * 5_000 + 4_000), warmUp: { minMs: 2_500 } })
  expect(planned({ warmUpMs: 100 })).toMatchObject({ budgetMs: 9 * (2 * 200 + 4_000), warmUp: { minMs: 100 } })
  expect(planned({ budgetMs: 7_000 })).toMatchObject({ budgetMs: 7_000 })
})

it("plans generations enough for Holm's first level of the whole family", () => {
  const generations = (count: number) =>
    makeVersionPlans(
      Array.from({ length: count }, () => versions),
      { seed: 7 },
    )[0]?.comparisons[0]?.generationsToJudge
  expect(generations(1)).toBe(9)
  expect(generations(4)).toBe(11)
  for (const count of [1, 4]) expect(2 ** (1 - (generations(count) as number))).toBeLessThanOrEqual(0.05 / (8 * count))
})

it('leaves out variants that are not asked for', () => {
  const [plan] = makeVersionPlans([{ ...versions, variants: ['b'] }], { seed: 7 })
  expect(plan?.comparisons).toHaveLength(4)
})

it('carries the tolerances that were given, and none where none were', () => {
  const tolerances = { bytesSentPerRequest: 2 }
  const [tolerant] = makeVersionPlans([versions], { seed: 1, tolerances })
  expect(tolerant?.comparisons.map((comparison) => comparison.tolerances)).toEqual(Array(8).fill(tolerances))
  const [plain] = makeVersionPlans([versions], { seed: 1 })
  for (const comparison of plain?.comparisons ?? []) expect(comparison).not.toHaveProperty('tolerances')
})

it('keeps of the limits those on the own value of the variant that it compares', () => {
  const limits = [
    { variant: 'a', metric: 'latency.p99', max: 50 },
    { variant: 'b', metric: 'throughput', min: 5 },
    { variant: 'b', metric: 'latency.p50', maxRatio: 1 },
  ] as const
  const [plan] = makeVersionPlans([{ ...versions, scenario: { ...scenario, sweep: {}, thresholds: limits } }], {
    seed: 7,
  })
  expect(plan?.comparisons.map(({ arms, thresholds }) => [arms[0]?.variant, thresholds])).toEqual(
    ['http', 'https'].flatMap(() => [
      ['a', [limits[0]]],
      ['b', [limits[1]]],
    ]),
  )
})
