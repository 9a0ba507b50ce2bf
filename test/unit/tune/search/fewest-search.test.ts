import { describe, expect, it } from 'vitest'
import { fewestHolding, nextFewestStep, type SettingTrial } from '../../../../src/tune/search/fewest-search.ts'
import { parseObjective } from '../../../../src/tune/search/objective.ts'
import type { OpenBlock } from '../../../../src/tune/search/rate-trial.ts'
import { makeLines, makeSetting } from '../../../../src/tune/search/setting.ts'
import { space as range } from './size-rounds.ts'

const objective = parseObjective('errors<1%')
const space = { ...range, others: { pipelining: [1, 2, 3] } }
const fill = (value: number, steps = 20) => Array<number>(steps).fill(value)

/** Two seconds at 1,000 per second, and what came of them. */
function block(outcome: 'held' | 'failed' | 'open' | 'short'): OpenBlock {
  const steps = outcome === 'short' ? 4 : 20
  const ends = { succeeded: fill(outcome === 'failed' ? 90 : 100, steps), failed: fill(0, steps) }
  const course = { stepMs: 100, places: 4, arrived: fill(100, steps), ...ends, usedMs: fill(380, steps) }
  // One failure of few is more than 1 %, and may be chance.
  const tallies = [outcome === 'open' ? { broken: 1, of: 99 } : { broken: 0, of: 2_000 }]
  return { ratePerSecond: 1_000, course, tallies, isClientLate: false }
}
function trial(size: number, outcome: Parameters<typeof block>[0], order = 0): SettingTrial {
  const line = makeLines(space)[order] ?? {}
  return { setting: makeSetting(space, line, { size, order }), blocks: [block(outcome)] }
}
function next(trials: readonly SettingTrial[], firstSize?: number) {
  const step = nextFewestStep({ space, objective, ratePerSecond: 1_000, firstSize, mostSeconds: 20 }, trials)
  return step.kind === 'done' ? step.kind : `${step.setting.id}, ${step.secondsSoFar} s`
}

describe('nextFewestStep', () => {
  it.each([
    [undefined, 1],
    [5, 8],
    [8, 8],
    [9, 16],
    [500, 64],
  ])('begins where %j is thought to be enough, at %i', (firstSize, size) => {
    expect(next([], firstSize)).toBe(`n=${size} pipelining=1, 0 s`)
  })

  it.each<[string, SettingTrial[], number]>([
    ['up while sizes fail', [trial(8, 'failed')], 16],
    ['from the largest that failed', [trial(16, 'failed'), trial(8, 'failed')], 32],
    ['down while they hold', [trial(8, 'held')], 4],
    ['from the smallest that held', [trial(8, 'held'), trial(4, 'held')], 2],
    ['then between', [trial(8, 'held'), trial(4, 'failed')], 6],
    ['whatever failed above', [trial(8, 'held'), trial(4, 'failed'), trial(16, 'failed')], 6],
  ])('goes %s', (_, trials, size) => expect(next(trials)).toBe(`n=${size} pipelining=1, 0 s`))

  it('goes on with a size that is not decided, first of all', () => {
    expect(next([trial(8, 'held'), trial(4, 'open')])).toBe('n=4 pipelining=1, 2 s')
    expect(next([trial(8, 'held'), trial(4, 'short')])).toBe('n=4 pipelining=1, 0 s')
    const search = { space, objective, ratePerSecond: 1_000, mostSeconds: 2 }
    expect(nextFewestStep(search, [trial(8, 'held'), trial(4, 'open')])).toMatchObject({ setting: { size: 6 } })
  })

  it('looks on other lines for less than was enough on any before', () => {
    const first = [trial(8, 'held'), trial(7, 'failed')]
    expect(next(first)).toBe('n=1 pipelining=2, 0 s')
    expect(next(first, 64)).toBe('n=4 pipelining=2, 0 s')
    expect(next([...first, trial(4, 'failed', 1)])).toBe('n=1 pipelining=3, 0 s')
    expect(next([...first, trial(4, 'failed', 1)], 64)).toBe('n=4 pipelining=3, 0 s')
    const second = [...first, trial(4, 'held', 1), trial(3, 'failed', 1), trial(2, 'failed', 1)]
    expect(next(second, 64)).toBe('n=2 pipelining=3, 0 s')
    expect(next([...second, trial(2, 'failed', 2)])).toBe('done')
  })

  it('looks on all of every line where none was enough before', () => {
    expect(next([trial(64, 'failed')], 64)).toBe('n=64 pipelining=2, 0 s')
    expect(next([0, 1, 2].map((order) => trial(64, 'failed', order)))).toBe('done')
  })
})

describe('fewestHolding', () => {
  it('is the smallest that held, of two the plainer', () => {
    const held = [trial(8, 'held'), trial(6, 'held', 1), trial(6, 'held'), trial(6, 'held', 2), trial(4, 'failed')]
    expect(fewestHolding({ objective }, held)?.id).toBe('n=6 pipelining=1')
    expect(fewestHolding({ objective }, [trial(4, 'failed'), trial(8, 'open')])).toBeUndefined()
  })
})
