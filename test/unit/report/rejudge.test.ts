import { expect, it } from 'vitest'
import { renderJson } from '../../../src/document/json.ts'
import { type ComparisonResult, resultsSchema } from '../../../src/document/model.ts'
import { judgeRun } from '../../../src/judge/judge-run.ts'
import { deriveSeed } from '../../../src/plan/derive-seed.ts'
import { makePlan } from '../../../src/plan/make-plan.ts'
import { resolveScenario } from '../../../src/scenario/resolve-scenario.ts'
import { makeQuads } from '../judge/make-block.ts'
import { makeSketch } from './make-sketch.ts'

const make = () => () => {}
const thresholds = [{ variant: 'b' as const, metric: 'latency.p99' as const, maxRatio: 0.7 }]
const blocks = makeQuads(8, (arm, round) => ({
  latencyUs: (arm === 'a' ? 10_000 : 5_000) * (1 + ((round * 7) % 5) / 1_000 + round / 10_000),
}))

/** The plan as a reader of the document can make it again: from its own fields. */
function planFrom({ judging, baselineArm, primaryMetric }: ComparisonResult) {
  const description = resolveScenario(
    { question: '?', baseline: baselineArm, variants: { a: make, b: make }, primaryMetric, thresholds },
    { name: 'sketch', url: 'file:///sketch.ts' },
  )
  const [plan] = makePlan(description, { seed: 1 }).comparisons
  return { ...(plan as NonNullable<typeof plan>), seed: judging.seed, errorBudget: judging.errorBudget }
}

it.each(['latency.p50', 'latency.p99'] as const)('judges recorded blocks again to the byte: %s', (primaryMetric) => {
  const json = renderJson(makeSketch({ blocks, scenario: { thresholds, primaryMetric } }))
  expect(renderJson(makeSketch({ blocks, scenario: { thresholds, primaryMetric } }))).toBe(json)

  const document = resultsSchema.parse(JSON.parse(json))
  const [recorded] = document.scenarios.flatMap(({ comparisons }) => comparisons) as [ComparisonResult]
  const { judging, unit, end, elapsedMs } = recorded
  const again = judgeRun(
    { plan: planFrom(recorded), blocks: recorded.blocks, looks: judging, moment: judging.moment },
    unit,
    { end: end as { state: 'decided' }, elapsedMs },
  )
  expect(JSON.stringify(again.judgement.contrasts)).toBe(JSON.stringify(recorded.contrasts))
  expect(JSON.stringify(again.thresholds)).toBe(JSON.stringify(recorded.thresholds))
})

it('carries with every verdict what it rests on', () => {
  const [comparison] = makeSketch({ blocks }).scenarios.flatMap(({ comparisons }) => comparisons)
  expect(comparison?.judging).toEqual({
    seed: deriveSeed(42, 'comparison', 0),
    looks: [8, 16, 32, 64],
    alpha: 0.05,
    moment: 'look',
    errorBudget: 0.01,
  })
  for (const verdict of comparison?.contrasts.flatMap(({ metrics }) => metrics) ?? []) {
    expect(verdict).toMatchObject({
      method: expect.any(String),
      units: 8,
      interval: { low: expect.any(Number), high: expect.any(Number), confidence: expect.any(Number) },
      alpha: 0.0125,
      overallAlpha: 0.05,
      metric: { marginPercent: expect.any(Number) },
    })
  }
})
