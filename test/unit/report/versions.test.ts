import { describe, expect, it } from 'vitest'
import { makeVersionPlans } from '../../../src/compare/make-version-plans.ts'
import { exitCodeOf } from '../../../src/document/exit-code.ts'
import { makeResults } from '../../../src/document/make-results.ts'
import { type Results, resultsSchema } from '../../../src/document/model.ts'
import type { ComparisonEnd } from '../../../src/judge/endings.ts'
import { judgeRun } from '../../../src/judge/judge-run.ts'
import type { CodeVersion } from '../../../src/plan/plan.ts'
import { concludeResults } from '../../../src/report/conclude.ts'
import { renderJunit } from '../../../src/report/junit.ts'
import { renderMarkdown } from '../../../src/report/markdown.ts'
import { renderText } from '../../../src/report/text.ts'
import type { Block } from '../../../src/sample/block.ts'
import { resolveScenario } from '../../../src/scenario/resolve-scenario.ts'
import { makeLookPlan } from '../../../src/statistics/looks.ts'
import { plain } from '../../../src/words/paint.ts'
import { type BlockSketch, makeQuads } from '../judge/make-block.ts'
import { makeSketch, sketchEnvironment } from './make-sketch.ts'

type SketchOf = (isHead: boolean, round: number) => Omit<BlockSketch, 'arm'>

interface Versions {
  readonly rounds?: number
  readonly end?: ComparisonEnd
  readonly tolerances?: Readonly<Record<string, number>>
  readonly target?: object
}

const code = (role: CodeVersion['role'], label: string): CodeVersion => {
  return { role, label, scenarioUrl: 'file:///s.ts', imports: [] }
}

/** Two versions of one variant, measured in one generation: what a short budget has time for. */
function compare(
  sketch: SketchOf,
  { rounds = 1, end = { state: 'budget ended' }, tolerances, target = {} }: Versions = {},
) {
  const scenario = resolveScenario(
    { question: '?', baseline: 'client', variants: { client: () => () => {} }, target },
    { name: 'bench', url: 'file:///s.ts' },
  )
  const versions = {
    scenario,
    variants: ['client'],
    base: code('base', 'main@1'),
    head: code('head', 'now'),
    notes: [],
  }
  const [plan] = makeVersionPlans([versions], { seed: 1, tolerances })
  const comparison = plan?.comparisons[0]
  if (plan === undefined || comparison === undefined) throw new Error('nothing was planned')
  const [base, head] = comparison.arms.map(({ id }) => id) as [string, string]
  const blocks = makeQuads(rounds, (arm, round) => sketch(arm === 'b', round)).map((block): Block => {
    return { ...block, arm: block.arm === 'a' ? base : head }
  })
  const looks = makeLookPlan({ unit: 'generation', plannedGenerations: 3 })
  const run = judgeRun({ plan: comparison, blocks, looks, moment: 'end' }, 'generation', { end, elapsedMs: 1_000 })
  const frame = { startedAt: '2026-01-01T00:00:00.000Z', elapsedMs: 1_000, partial: false, seed: 1 }
  return makeResults([{ plan, comparisons: [run] }], { ...frame, environment: sketchEnvironment })
}

const carriers = (connections: number) => ({ connections, handshakesFull: 0, handshakesResumed: 0 })
const kept: SketchOf = () => ({ newCarriers: carriers(10), requests: 1_000 })
/** Keep-alive is lost: a connection for every request. */
const lost: SketchOf = (isHead) =>
  isHead ? { requests: 1_000, wire: { connectionsOpened: 1_000 }, newCarriers: carriers(1_000) } : kept(isHead, 0)

function reportsOf(results: Results) {
  return {
    code: exitCodeOf(results, { inconclusive: 'fail' }),
    text: renderText(results, { width: 400, paint: plain }),
    md: renderMarkdown(results),
    junit: renderJunit(results),
  }
}

describe('counters of head against base', () => {
  it('fail a head that lost its connections, though no time was enough for a verdict', () => {
    const results = compare(lost)
    expect(resultsSchema.parse(JSON.parse(JSON.stringify(results)))).toEqual(JSON.parse(JSON.stringify(results)))
    const said = 'base 20 connections, head 2,000 connections (a warm pool opened none; now 2,000'
    expect(reportsOf(results)).toEqual({
      code: 1,
      text: expect.stringContaining(`counter worse: connectionsPerRequest, ${said}`),
      md: expect.stringMatching(
        /sessionbench: worse than the base, by its counters[\s\S]*\*\*worse\*\*.*head 2,000 conn/,
      ),
      junit: expect.stringMatching(/<testcase name="counter: connectionsPerRequest".*<failure type="counter"/),
    })
  })

  it('leave a head alone that needs what the base needs', () => {
    const { code, text, md, junit } = reportsOf(compare(kept))
    // Times are undecided after one generation.
    expect(code).toBe(3)
    expect(text).toMatch(/counters the same in base and head: connectionsPerRequest, requestsPerIteration, bytes/)
    expect(md).toMatch(/sessionbench: undecided against the base/)
    expect(junit).not.toMatch(/<failure/)
    expect(junit).toMatch(/<testcase name="counter: connectionsPerRequest"[^>]*\/>/)
  })

  it('keep to tolerances', () => {
    const longer: SketchOf = (isHead) => ({ ...kept(isHead, 0), wire: { bytesReceived: isHead ? 301_000 : 300_000 } })
    expect(reportsOf(compare(longer)).code).toBe(1)
    expect(reportsOf(compare(longer, { tolerances: { bytesReceivedPerRequest: 1 } })).code).toBe(3)
  })

  it('are undecided where no block can be counted', () => {
    const failing: SketchOf = (isHead) => ({ ...kept(isHead, 0), failed: 1 })
    const { code, text, junit } = reportsOf(compare(failing))
    expect(code).toBe(3)
    expect(text).toMatch(/counters undecided: no block without a failed iteration/)
    expect(junit).toMatch(/<testcase name="counters".*<skipped>no block without/)
  })

  it('decide also where the budget was too short for a first look, and only then', () => {
    const short = { end: { state: 'too short', message: 'the budget is too short' } } as const
    const { code, text, md, junit } = reportsOf(compare(lost, short))
    expect(code).toBe(1)
    expect(text).toMatch(/TOO SHORT: the budget is too short\n *counter worse: connectionsPerRequest,/)
    expect(md).toMatch(/worse than the base, by its counters/)
    expect(junit).toMatch(/name="verdict on.*<skipped>[\s\S]*name="counter: connectionsPerRequest".*<failure/)
    expect(reportsOf(compare(kept, short)).code).toBe(2)
    const miscounted: SketchOf = (isHead) => ({
      ...lost(isHead, 0),
      disagreements: [{ count: 'requests', client: 1, server: 2 }],
    })
    expect(reportsOf(compare(miscounted, short)).code).toBe(2)
  })

  it('are named with the slower time, where there is one', () => {
    const slower = compare(
      (isHead, round) => ({ ...lost(isHead, round), generation: round, latencyUs: (isHead ? 2_000 : 1_000) + round }),
      { rounds: 8, end: { state: 'last look taken' } },
    )
    expect(concludeResults(slower)).toMatchObject({
      state: 'failed',
      headline: 'slower than the base',
      reasons: [expect.stringMatching(/connectionsPerRequest is worse/), expect.stringMatching(/2.00× slower/)],
    })
  })

  it('allow for a target that fails at random: with a few blocks nothing is judged', () => {
    const unlucky: SketchOf = (isHead) => ({
      requests: 1_000,
      wire: { connectionsOpened: isHead ? 3 : 0 },
      newCarriers: carriers(isHead ? 13 : 10),
    })
    expect(reportsOf(compare(unlucky)).code).toBe(1)
    const faulty = { target: { faults: { resetReused: 0.001 } } }
    expect(reportsOf(compare(unlucky, faulty))).toMatchObject({
      code: 3,
      text: expect.stringMatching(/counter not judged: connectionsPerRequest, .*fewer than 8 blocks tell no range/),
    })
    for (const rounds of [1, 4]) expect(reportsOf(compare(lost, { ...faulty, rounds })).code).toBe(1)
  })
})

it('two variants have no such counters: one of them has to need more', () => {
  const [comparison] = makeSketch({ blocks: makeQuads(8, (arm) => lost(arm === 'b', 0)) }).scenarios.flatMap(
    ({ comparisons }) => comparisons,
  )
  expect(comparison).not.toHaveProperty('counters')
})
