import { describe, expect, it } from 'vitest'
import { type JudgeOptions, judgeComparison, judgeFamily, levelOf } from '../../../src/judge/judge-comparison.ts'
import type { Block } from '../../../src/sample/block.ts'
import { makeLookPlan } from '../../../src/statistics/looks.ts'
import { makeQuads, makeRounds } from './make-block.ts'
import { makeOptions, planWith, threeVariants, wobble } from './make-options.ts'

const judge = (blocks: readonly Block[]) => judgeComparison(makeOptions(blocks))

describe('judgeComparison', () => {
  it('finds an arm that takes half the time faster, with ratio one half in latency and two in throughput', () => {
    const blocks = makeQuads(8, (arm, round) => ({ latencyUs: (arm === 'a' ? 10_000 : 5_000) * wobble(round) }))
    const [contrast] = judge(blocks).contrasts
    expect(contrast?.primary).toMatchObject({ verdict: 'faster', units: 8, metric: { name: 'latency.p50' } })
    expect(contrast?.primary.ratio).toBeCloseTo(0.5, 2)
    const throughput = contrast?.metrics.find(({ metric }) => metric.name === 'throughput')
    expect(throughput?.ratio).toBeCloseTo(2, 2)
    expect(throughput?.verdict).toBe('faster')
  })

  it('leaves an incomplete round out', () => {
    const blocks = makeQuads(8, (arm, round) => ({ latencyUs: (arm === 'a' ? 10_000 : 5_000) * wobble(round) }))
    expect(judge(blocks.slice(0, -1)).contrasts[0]?.primary.units).toBe(7)
  })

  it('is invalid where the ledger disagrees in a single block, and says where', () => {
    const blocks = makeQuads(8, () => ({}))
    const wrong = { ...(blocks[6] as Block), disagreements: [{ count: 'requests' as const, client: 10, server: 9 }] }
    const { problems, contrasts } = judge(blocks.with(6, wrong))
    expect(problems).toEqual([
      "client and server counts differ in 1 of 32 blocks, first in generation 1, round 2, arm 'b' (requests: client 10, server 9)",
    ])
    expect(contrasts[0]?.primary.verdict).toBe('invalid')
  })

  it('is invalid when an arm has a block without a single success', () => {
    const blocks = makeQuads(8, (arm, round) => (arm === 'b' && round === 3 ? { requests: 0 } : {}))
    expect(judge(blocks).contrasts[0]?.primary.verdict).toBe('invalid')
  })

  it('is invalid when more iterations fail than the error budget allows', () => {
    const failures = [{ code: 'reset' as const, count: 20, message: 'socket hang up' }]
    const failing = makeQuads(8, (arm) => (arm === 'b' ? { failed: 20, failures } : {}))
    expect(judge(failing).problems).toEqual([
      "2 % of b's iterations failed, more than the error budget of 1 %, mostly 'reset' (socket hang up)",
    ])
    expect(judge(failing).contrasts[0]?.primary.verdict).toBe('invalid')
    const few = makeQuads(8, (arm) => (arm === 'b' ? { failed: 5, failures } : {}))
    expect(judge(few).problems).toEqual([])
  })

  it('compares p99 by its merged histograms', () => {
    const blocks = makeQuads(8, (arm, round) => ({ latencyUs: (arm === 'a' ? 10_000 : 5_000) * wobble(round) }))
    const p99 = judge(blocks).contrasts[0]?.metrics.find(({ metric }) => metric.name === 'latency.p99')
    expect(p99).toMatchObject({ verdict: 'faster', units: 8 })
    expect(p99?.ratio).toBeCloseTo(0.5, 2)
    expect(judge(blocks)).toEqual(judge(blocks))
  })

  it('doubts an arm whose blocks show a trend, generation by generation', () => {
    const falling = makeQuads(16, (arm, round) => ({
      latencyUs: arm === 'a' ? 10_000 * wobble(round) : 5_000 * 1.02 ** round,
    }))
    expect(judge(falling).doubts).toEqual([expect.stringMatching(/^b is unsteady: its throughput fell by \d+ %/)])
    const steady = makeQuads(16, (_, round) => ({ latencyUs: 10_000 * wobble(round) }))
    expect(judge(steady).doubts).toEqual([])
    const processes = [0, 1, 2].flatMap((generation) =>
      makeQuads(8, (_, round) => ({ generation, latencyUs: 10_000 * 1.2 ** generation * wobble(round) })),
    )
    expect(judge(processes).doubts).toEqual([])
  })

  it('says which way an arm went, and says nothing of one of which too few blocks had a success', () => {
    const rising = makeQuads(6, (arm, round) => ({
      latencyUs: arm === 'a' ? 10_000 * wobble(round) : 5_000 * 0.98 ** round,
    }))
    const grew = /^b is unsteady: its throughput rose by 11 %/
    expect(judge(rising).doubts).toEqual([expect.stringMatching(grew)])
    const first = rising.findIndex(({ arm }) => arm === 'b')
    const failed = { ...(rising[first] as Block), succeeded: 0, failed: 1_000 }
    expect(judge(rising.with(first, failed)).doubts).toEqual([])
  })

  it('has the primary metric among all, at the level that its arms share', () => {
    const latencyUs = { a: 10_000, b: 5_000, c: 10_000 }
    const rounds = makeRounds(8, ['a', 'b', 'c'], (arm, round) => ({ latencyUs: latencyUs[arm] * wobble(round) }))
    const options = makeOptions(rounds, planWith({ variants: threeVariants }))
    const { contrasts } = judgeComparison(options)
    expect(contrasts.map(({ arm, baseline }) => [arm, baseline])).toEqual([
      ['b', 'a'],
      ['c', 'a'],
    ])
    expect(contrasts[0]?.primary.alpha).toBe(levelOf(options) / 2)
    for (const { primary, metrics } of contrasts) expect(metrics).toContain(primary)
  })

  it('warns of the rounds that were left out, and of none where none were', () => {
    const blocks = makeQuads(8, (arm, round) => ({ latencyUs: (arm === 'a' ? 10_000 : 5_000) * wobble(round) }))
    const warningsOf = (options: JudgeOptions) =>
      judgeComparison(options).contrasts[0]?.primary.warnings.filter((warning) => warning.includes('left out'))
    const excluded = makeQuads(2, () => ({ generation: 1 }))
    expect(warningsOf(makeOptions(blocks))).toEqual([])
    expect(warningsOf({ ...makeOptions(blocks), excluded })).toEqual([
      '2 rounds were left out by a rule declared beforehand',
    ])
  })

  it('is invalid without blocks', () => {
    expect(judge([]).contrasts[0]?.primary).toMatchObject({ verdict: 'invalid', units: 0 })
  })

  it('takes each generation as one unit when arms have processes of their own', () => {
    const generations = [0, 1, 2].flatMap((generation) =>
      makeQuads(4, (arm, round) => ({ generation, latencyUs: (arm === 'a' ? 10_000 : 9_000) * wobble(round) })),
    )
    const lookPlan = makeLookPlan({ unit: 'generation', plannedGenerations: 3 })
    const { contrasts } = judgeComparison({ ...makeOptions(generations), unit: 'generation', looks: lookPlan })
    expect(contrasts[0]?.primary).toMatchObject({ units: 3, interval: undefined, verdict: 'inconclusive' })
  })
})

describe('levelOf', () => {
  it('goes by what counts as a unit: rounds, or generations', () => {
    const looks = { looks: [2, 4, 8], alpha: 0.03 }
    const generations = [0, 1, 2].flatMap((generation) => makeQuads(4, () => ({ generation, requests: 1 })))
    const level = (unit: JudgeOptions['unit']) =>
      levelOf({ ...makeOptions(generations), unit, looks, moment: 'end' as const })
    // One look of three was taken before three generations, all of them before twelve rounds.
    expect(level('generation')).toBeCloseTo(0.02, 9)
    expect(level('quad')).toBeCloseTo(0.01, 9)
  })
})

describe('the order of the blocks', () => {
  it('is doubted when one arm began nearly every round', () => {
    const blocks = makeQuads(16, (_, round) => ({ latencyUs: 10_000 * wobble(round) }))
    expect(judge(blocks).doubts).toEqual([])
    const unfair = blocks.map((block) => ({ ...block, arm: 'abba'[block.position] as string }))
    expect(judge(unfair).doubts).toEqual([
      expect.stringMatching(/did not begin rounds alike often \(a 16, b 0; p < 0.001\)/),
    ])
  })

  it('is a problem when a round was not mirrored', () => {
    const blocks = makeQuads(8, () => ({})).map((block) =>
      block.round === 2 ? { ...block, arm: 'abab'[block.position] as string } : block,
    )
    expect(judge(blocks).problems).toEqual(['1 round did not run in an order and its mirror image'])
  })
})

describe('judgeFamily', () => {
  const measured = (latencyOfB: number) =>
    makeOptions(
      makeQuads(16, (arm, round) => ({
        latencyUs: (arm === 'a' ? 10_000 : latencyOfB) * wobble(round + (arm === 'a' ? 0 : 3)),
      })),
    )

  it('shares alpha over several comparisons as over the contrasts of one', () => {
    const family = judgeFamily([measured(5_000), measured(10_010)])
    const alone = levelOf(measured(5_000))
    expect(family.map(([primary]) => primary?.alpha)).toEqual([alone / 2, alone])
    expect(family.map(([primary]) => primary?.verdict)).toEqual(['faster', expect.stringMatching(/same|inconclusive/)])
  })

  it('gives an invalid member no share', () => {
    const family = judgeFamily([measured(5_000), { ...measured(5_000), blocks: [] }])
    expect(family.map(([primary]) => primary?.verdict)).toEqual(['faster', 'invalid'])
    expect(family[0]?.[0]?.alpha).toBe(levelOf(measured(5_000)))
  })
})
