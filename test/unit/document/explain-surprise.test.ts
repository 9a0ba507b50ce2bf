import { describe, expect, it } from 'vitest'
import { explainSurprise } from '../../../src/document/explain-surprise.ts'
import type { ComparisonResult, ScenarioResult } from '../../../src/document/model.ts'
import { explainScenario } from '../../../src/document/scenario-words.ts'
import { renderHtml } from '../../../src/report/html/render-html.ts'
import { renderMarkdown } from '../../../src/report/markdown.ts'
import { renderText } from '../../../src/report/text.ts'
import { plain } from '../../../src/words/paint.ts'
import { type Change, comparisonOf, cpu, phases, server, sketch, textOf } from '../report/claim-sketches.ts'
import { makeSketch, type Sketch } from '../report/make-sketch.ts'

describe('likely reasons for a surprise', () => {
  const reasonsFor = (of: Sketch) => {
    const comparison = comparisonOf(of)
    return explainSurprise(comparison, comparison.arms)
  }
  const alone = { workload: { model: 'closed', concurrency: 1 } } as const

  it.each<[string, RegExp, Sketch, Sketch]>([
    [
      'the CPU set the pace',
      /busy nearly all the time for b: its CPU work set the pace$/,
      sketch({ eventLoopUtilization: 0.95, ...server(0.4), ...cpu(0.9) }),
      sketch({ eventLoopUtilization: 0.95, ...server(0.95), ...cpu(0.9) }),
    ],
    [
      'it may have, where nobody knows of the server',
      /busy nearly all the time for b: its CPU work may have set the pace$/,
      sketch({ eventLoopUtilization: 0.95, ...cpu(0.9) }),
      sketch({ eventLoopUtilization: 0.95, ...server(0.4), ...cpu(0.9) }),
    ],
    [
      'the loop waited, or had no core: there was little CPU work',
      /busy nearly all the time for b, with CPU work in only 30 % of it: it waited synchronously, or for a core$/,
      sketch({ eventLoopUtilization: 0.95, ...server(0.4), ...cpu(0.3) }),
      sketch({ eventLoopUtilization: 0.95, ...server(0.4), ...cpu(0.9) }),
    ],
    [
      'both were busy',
      /busy nearly all the time for b, and so was the server's$/,
      sketch({ eventLoopUtilization: 0.95, ...server(0.95), ...cpu(0.9) }),
      sketch({ eventLoopUtilization: 0.95, ...server(0.9), ...cpu(0.9) }),
    ],
    [
      'requests queued for the CPU',
      /busy 70 % of the time for b: requests may have queued for it/,
      sketch({ eventLoopUtilization: 0.7 }),
      sketch({ eventLoopUtilization: 0.7 }, alone),
    ],
    [
      'garbage was collected',
      /garbage collection took 6.0 % of the time of b/,
      sketch({ elapsedMs: 100, gcMs: 6 }),
      sketch({ elapsedMs: 100, gcMs: 5 }),
    ],
    [
      'the machine was not equally fast',
      /not equally fast all the time: the same work took up to 40 % longer$/,
      sketch({ speedControlMs: [5, 7] }),
      sketch({ speedControlMs: [5, 6.5] }),
    ],
    [
      'iterations failed',
      /1.0 % of the iterations of b failed/,
      sketch({ succeeded: 990, failed: 10 }, { errorBudget: 1 }),
      sketch({ succeeded: 990, failed: 9 }, { errorBudget: 1 }),
    ],
    [
      'a phase took longer',
      /the medians differ most in waiting in the client's pool: 1.00 ms in a, 9.00 ms in b/,
      sketch(phases(9_000), {}, phases(1_000)),
      sketch(phases(1_100), {}, phases(1_000)),
    ],
    [
      'what belongs to no phase took longer',
      /the medians differ most in what is no phase of a request/,
      sketch(phases(0, 9_000), {}, phases(0)),
      sketch(phases(0, 9_000, 500), {}, phases(0)),
    ],
  ])('%s', (_, reason, isSo, isNot) => {
    expect(reasonsFor(isSo)).toEqual(expect.arrayContaining([expect.stringMatching(reason)]))
    expect(reasonsFor(isNot)).not.toEqual(expect.arrayContaining([expect.stringMatching(reason)]))
  })

  it.each<[string, Sketch['asked'], string | undefined]>([
    ['as the scenario has it', {}, undefined],
    ['at another distance', { rttsMs: [0] }, 'another distance'],
    [
      'of another server, with more under way',
      { externalOrigin: 'http://127.0.0.1:1', concurrency: 50 },
      'another target and another load',
    ],
  ])('are told of a run %s, as is whoever reads what the scenario explains', (_, asked = {}, what) => {
    const own = {
      target: { rttMs: 20 },
      expect: [{ variant: 'b', ratio: { max: 0.5 } }],
      explain: 'It has 8 workers.',
    } as const
    const document = makeSketch({ ...sketch({}, own), asked })
    const text = renderText(document, { width: 5_000, paint: plain })
    const reason = `Likely reason: it was expected of the scenario as it is written, and this run had ${what}\n`
    const lead = `Of the scenario as it is written; this run had ${what}. `
    expect(text.includes(reason)).toBe(what !== undefined)
    for (const page of [text, renderMarkdown(document), renderHtml(document, { script: '', style: '' })]) {
      expect(page).toContain(what === undefined ? 'It has 8 workers.' : `${lead}It has 8 workers.`)
      expect(page.includes('as it is written')).toBe(what !== undefined)
    }
  })

  it('a scenario explains itself where one of its comparisons is as it has it', () => {
    const [scenario] = makeSketch(sketch({}, { explain: 'It has 8 workers.' })).scenarios as [ScenarioResult]
    const [comparison] = scenario.comparisons as [ComparisonResult]
    const elsewhere = { ...comparison, unlikeScenario: ['distance'] as const }
    expect(explainScenario({ ...scenario, comparisons: [elsewhere, comparison] })).toEqual(['It has 8 workers.'])
    expect(explainScenario({ ...scenario, comparisons: [elsewhere, elsewhere] })).toEqual([
      'Of the scenario as it is written; this run had another distance. It has 8 workers.',
    ])
  })

  it.each<[string, Change, string | undefined, string | undefined, boolean]>([
    ['a busy loop', { eventLoopUtilization: 0.7 }, 'b', undefined, true],
    ['a busy loop', { eventLoopUtilization: 0.7 }, 'a', undefined, false],
    ['a busy loop', { eventLoopUtilization: 0.7 }, 'b', 'cpuPerRequest', false],
    ['garbage', { elapsedMs: 100, gcMs: 40 }, 'b', undefined, true],
    ['garbage', { elapsedMs: 100, gcMs: 40 }, 'b', 'cpuPerRequest', true],
    ['garbage', { elapsedMs: 100, gcMs: 40 }, 'a', undefined, false],
  ])('%s %o of b, where %s did worse in %s, is one: %s', (_, change, worse, metric, isOne) => {
    const comparison = comparisonOf(sketch(change))
    expect(explainSurprise(comparison, comparison.arms, { worse, metric })).toHaveLength(isOne ? 1 : 0)
  })

  it('a machine that was as unsteady for either of them is no reason', () => {
    const unsteady: Change = { speedControlMs: [5, 12] }
    const [both, one] = [sketch(unsteady, {}, unsteady), sketch(unsteady)].map(comparisonOf) as [
      ComparisonResult,
      ComparisonResult,
    ]
    expect(explainSurprise(both, both.arms, { off: 1.1 })).toEqual([])
    expect(explainSurprise(one, one.arms, { off: 1.1 })).toEqual([expect.stringMatching(/up to 140 % longer/)])
  })

  it.each<[string, number, Change]>([
    ['6 % of garbage', 2, { elapsedMs: 100, gcMs: 6 }],
    ['a machine 40 % slower at times', 2, { speedControlMs: [5, 7] }],
  ])('%s is none for a ratio that is %d times what was expected', (_, off, change) => {
    const comparison = comparisonOf(sketch(change))
    expect(explainSurprise(comparison, comparison.arms, { off })).toEqual([])
    expect(explainSurprise(comparison, comparison.arms, { off: 1.1 })).toHaveLength(1)
    // A few pauses make a tail of any length.
    if ('gcMs' in change) {
      expect(explainSurprise(comparison, comparison.arms, { off, metric: 'latency.p99' })).toHaveLength(1)
    }
  })

  it('are none of what was looked at, and --phases is not named where there are phases', () => {
    const missed = { expect: [{ variant: 'b', ratio: { max: 0.5 } }] } as const
    expect(textOf(sketch({}, missed))).toMatch(/Likely reason: none that CPU or errors show \(--phases may\)/)
    expect(textOf(sketch(phases(1_000), missed, phases(1_000)))).toMatch(
      /Likely reason: none that phases, CPU or errors show\n/,
    )
  })
})
