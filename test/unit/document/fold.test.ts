import { describe, expect, it } from 'vitest'
import { fold } from '../../../src/document/fold.ts'
import { renderJson } from '../../../src/document/json.ts'
import { resultsSchema } from '../../../src/document/model.ts'
import { endReasonOf, type RunEvent, worstReason } from '../../../src/document/run-event.ts'
import { makeQuads } from '../judge/make-block.ts'
import { makeSketchEvents } from '../report/make-sketch.ts'
import { throughText } from './through-text.ts'

const blocks = makeQuads(8, (arm, round) => ({
  latencyUs: (arm === 'a' ? 10_000 : 5_000) * (1 + ((round * 7) % 5) / 1_000 + round / 10_000),
}))
const scenario = {
  thresholds: [{ variant: 'b' as const, metric: 'latency.p99' as const, maxRatio: 0.7 }],
  expect: [{ variant: 'b' as const, ratio: { max: 0.6 }, because: 'it does half of the work' }],
  target: { protocol: 'http' as const, rttMs: 20 },
  roundTrips: { a: 2, b: { http: 1 } },
  exclude: { cpuSteal: 0.2 },
}
const events = makeSketchEvents({ blocks, scenario })

describe('fold', () => {
  it('makes the same document of events that were written and read, to the byte', () => {
    expect(renderJson(fold(throughText(events)))).toBe(renderJson(fold(events)))
    expect(resultsSchema.parse(fold(events)).partial).toBe(false)
  })

  it('says of a run without its end that it was interrupted, with all that had been measured', () => {
    for (let count = 1; count < events.length; count++) {
      const results = fold(events.slice(0, count))
      const measured = events.slice(0, count).filter(({ kind }) => kind === 'block').length
      const [comparison] = resultsSchema.parse(results).scenarios.flatMap(({ comparisons }) => comparisons)
      expect(results.partial).toBe(true)
      expect(comparison?.blocks.length ?? 0).toBe(measured)
      const isOver = count === events.length - 1
      if (comparison !== undefined) expect(comparison.end.state).toBe(isOver ? 'decided' : 'interrupted')
    }
  })

  it('takes a comparison that was broken off between rounds for judged at a look, where that was one', () => {
    const momentAfter = (rounds: number) => {
      const [comparison] = fold(events.slice(0, 2 + 4 * rounds)).scenarios.flatMap(({ comparisons }) => comparisons)
      return comparison?.judging.moment
    }
    expect([7, 8].map(momentAfter)).toEqual(['end', 'look'])
  })

  it('has the budget, looks, warm-ups and readings that were told', () => {
    const [planned, began, ...rest] = events as [RunEvent, RunEvent, ...RunEvent[]]
    const told: RunEvent[] = [
      planned,
      { ...began, budgetMs: 77_000 } as RunEvent,
      { kind: 'warming', atMs: 1, comparison: 0, arm: 'a', generation: 0 },
      { kind: 'warmed', atMs: 2, comparison: 0, arm: 'a', generation: 0, elapsedMs: 1_000, state: 'steady' },
      { kind: 'scheduled', atMs: 2, comparison: 0, generations: 5, roundsPerGeneration: 2, looks: [5] },
      { kind: 'local', atMs: 2, comparison: 0, readings: [{ arm: 'a', p50Us: 120, lateMs: 0.1 }] },
      ...rest,
    ]
    const [comparison] = fold(throughText(told)).scenarios.flatMap(({ comparisons }) => comparisons)
    expect(comparison).toMatchObject({
      budgetMs: 77_000,
      judging: { looks: [5] },
      warmUps: [{ arm: 'a', generation: 0, elapsedMs: 1_000, state: 'steady' }],
      local: [{ arm: 'a', p50Us: 120, lateMs: 0.1 }],
    })
  })

  it('says of versions what has to be known of them, in the order in which it was noted', () => {
    const [planned, ...rest] = events as [RunEvent, ...RunEvent[]]
    if (planned.kind !== 'planned') throw new Error('a run begins with what is planned')
    const versions = { base: 'main@1234567', head: 'the working tree' }
    const told: RunEvent[] = [
      { ...planned, scenarios: planned.scenarios.map((each) => ({ ...each, versions })) },
      { kind: 'note', atMs: 0, scenario: 0, text: 'the scenario itself differs' },
      { kind: 'note', atMs: 0, scenario: 0, text: 'the base has no undici' },
      ...rest,
    ]
    const notes = ['the scenario itself differs', 'the base has no undici']
    expect(fold(throughText(told)).scenarios[0]?.versions).toEqual({ ...versions, notes })
  })

  it('makes nothing of nothing', () => {
    expect(() => fold([])).toThrow('has said what is planned')
  })
})

it('knows why everything ends, and the worst of it', () => {
  expect(
    (['decided', 'bound reached', 'budget ended', 'too short', 'failed', 'stopped', 'interrupted'] as const).map(
      (state) => endReasonOf({ state }),
    ),
  ).toEqual(['enough', 'enough', 'budget', 'budget', 'broken', 'broken', 'interrupted'])
  expect(worstReason([])).toBe('enough')
  expect(worstReason(['budget', 'broken', 'enough'])).toBe('broken')
  expect(worstReason(['broken', 'interrupted'])).toBe('interrupted')
})
