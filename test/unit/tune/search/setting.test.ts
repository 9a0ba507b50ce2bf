import { expect, it } from 'vitest'
import {
  compareCost,
  firstSettings,
  firstSizes,
  makeSetting,
  resize,
  type Space,
  sizeBetween,
} from '../../../../src/tune/search/setting.ts'

const range: Space = {
  sizeName: 'n',
  sizes: { kind: 'range', smallest: 1, largest: 12 },
  others: { pipelining: [1, 4] },
}
const list: Space = { ...range, sizes: { kind: 'list', values: [16, 2, 8] } }

it('tries the sizes of a list in ascending order, and none between', () => {
  expect(firstSizes(list)).toEqual([2, 8, 16])
  expect(sizeBetween(list, [2, 8])).toBeUndefined()
  expect(firstSizes(range)).toEqual([1, 2, 4, 8, 12])
  expect(sizeBetween(range, [2, 8])).toBe(4)
})

it('resizes a setting on its line', () => {
  const [, line] = [{ pipelining: 1 }, { pipelining: 4 }]
  const eight = makeSetting(range, line, { size: 8, order: 1 })
  expect(eight).toEqual({
    id: 'n=8 pipelining=4',
    params: { n: 8, pipelining: 4 },
    size: 8,
    line: 'pipelining=4',
    order: 1,
  })
  expect(resize(range, eight, 6)).toEqual(makeSetting(range, line, { size: 6, order: 1 }))
})

it('makes every first size on every line, the plainest first', () => {
  expect(firstSettings(list).map(({ id, order }) => `${id} ${order}`)).toEqual([
    ...['n=2 pipelining=1 0', 'n=8 pipelining=1 0', 'n=16 pipelining=1 0'],
    ...['n=2 pipelining=4 1', 'n=8 pipelining=4 1', 'n=16 pipelining=4 1'],
  ])
})

it('orders by size, then by line', () => {
  const settings = [
    { size: 2, order: 1 },
    { size: 4, order: 0 },
    { size: 2, order: 0 },
  ]
  expect(settings.toSorted(compareCost)).toEqual([settings[2], settings[0], settings[1]])
})
