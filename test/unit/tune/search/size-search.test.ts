import { describe, expect, it } from 'vitest'
import { recommendSize, sizeSearchDefaults, type Tried } from '../../../../src/tune/search/size-search.ts'

const search = {
  ...{ ...sizeSearchDefaults, objective: [] },
  space: { sizeName: 'connections', sizes: { kind: 'range', smallest: 1, largest: 64 }, others: {} },
} as const

/** A size that carries a share of what the best does. */
function tried(size: number, state: Tried['standing']['state'], share: number, limits = { low: 0, high: 0.05 }): Tried {
  const id = `connections=${size}`
  return {
    ...{ setting: { id, params: {}, size, line: '', order: 0 }, rounds: 10, perSecond: 100 * share },
    standing: { id, cost: size, level: Math.log(100 * share), loss: 1 - share, limits, state },
    objective: { isMet: true, isClear: true, broken: [] },
  }
}

describe('recommendSize', () => {
  const pick = (...sizes: Tried[]) => recommendSize(search, sizes)?.setting.size

  it.each<[string, number, Tried[]]>([
    ['the cheapest that is enough', 9, [tried(8, 'short', 0.9), tried(9, 'enough', 0.99), tried(16, 'enough', 1)]],
    ['not a far larger one for being known better', 16, [tried(16, 'unclear', 0.995), tried(32, 'enough', 1)]],
    ['but one that is little larger', 9, [tried(8, 'unclear', 0.995), tried(9, 'enough', 1)]],
    ['and not what may as well be short', 32, [tried(16, 'unclear', 0.96), tried(32, 'enough', 1)]],
    ['up to a quarter larger', 10, [tried(8, 'unclear', 0.995), tried(10, 'enough', 1)]],
    ['nor one that is known to be short', 32, [tried(16, 'short', 0.995), tried(32, 'enough', 1)]],
    ['and none is in doubt that is known to lose something', 9, [tried(9, 'enough', 0.99, { low: 0.005, high: 0.02 })]],
    ['where nothing is enough what looks so', 16, [tried(16, 'unclear', 0.98), tried(32, 'unclear', 1)]],
    // The best of three that are alike was lucky: against their mean the first loses 2.5 %.
    [
      'against what all that are alike do',
      8,
      [tried(8, 'unclear', 0.965), tried(16, 'unclear', 0.99), tried(32, 'unclear', 1)],
    ],
  ])('%s', (_, size, sizes) => expect(pick(...sizes)).toBe(size))

  it('counts nothing among the best that is known not to be', () => {
    const short = tried(8, 'unclear', 0.97, { low: 0.02, high: 0.05 })
    expect(pick(short, tried(16, 'unclear', 0.99), tried(32, 'unclear', 1))).toBe(8)
    expect(pick(tried(8, 'unclear', 0.955, { low: 0.02, high: 0.06 }), tried(16, 'unclear', 1))).toBe(16)
  })

  it('counts what is not known yet among those that may be the best', () => {
    const unknown = { ...tried(8, 'unclear', 0.965), rounds: 10 }
    const first = { ...unknown, standing: { ...unknown.standing, limits: undefined } }
    expect(pick(first, tried(16, 'unclear', 0.99), tried(32, 'unclear', 1))).toBe(8)
  })

  it('has none where nothing meets the objective', () => {
    expect(
      pick({ ...tried(8, 'not allowed', 1), objective: { isMet: false, isClear: true, broken: [] } }),
    ).toBeUndefined()
  })
})
