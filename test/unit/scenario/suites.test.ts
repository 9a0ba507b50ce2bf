import { describe, expect, it } from 'vitest'
import { groupByUse, type Selection, selectScenarios } from '../../../src/scenario/suites.ts'

const scenarios = [
  { name: 'a', tags: ['quick', 'teaching', 'tls'] },
  { name: 'b', tags: ['capacity'] },
  { name: 'c', tags: ['regression', 'teaching'] },
  { name: 'd', tags: [] },
]

describe('selectScenarios', () => {
  it.each<[Selection, string]>([
    [{}, 'abcd'],
    [{ suite: 'all' }, 'abcd'],
    [{ suite: 'quick' }, 'a'],
    [{ suite: 'teaching' }, 'ac'],
    [{ tags: ['tls', 'capacity'] }, 'ab'],
    [{ suite: 'teaching', tags: ['regression'] }, 'c'],
    [{ tags: ['none'] }, ''],
  ])('%j', (selection, names) => {
    expect(selectScenarios(scenarios, selection).map(({ name }) => name)).toEqual([...names])
  })
})

describe('groupByUse', () => {
  it('puts each scenario under its first use, in one order, without empty groups', () => {
    const groups = [...groupByUse(scenarios)].map(([use, group]) => [use, group.map(({ name }) => name).join('')])
    expect(groups).toEqual([
      ['teaching', 'ac'],
      ['capacity', 'b'],
      ['other', 'd'],
    ])
  })
})
