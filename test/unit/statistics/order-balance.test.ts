import { expect, test } from 'vitest'
import { makeRandom, shuffle } from '../../../src/plan/random.ts'
import { checkOrderBalance } from '../../../src/statistics/order-balance.ts'
import { scipy } from './vectors.ts'

const abba = ['a', 'b', 'b', 'a']
const baab = ['b', 'a', 'a', 'b']
const times = <T>(count: number, item: T): T[] => new Array<T>(count).fill(item)

test.each(scipy.binomial.filter(({ chance }) => chance === 0.5))(
  "$times of $trials quads begun by one arm: p is that of scipy's binomtest",
  ({ times: first, trials, pValue }) => {
    const balance = checkOrderBalance([...times(first, abba), ...times(trials - first, baab)])
    expect(balance.pValue).toBeCloseTo(pValue, 9)
    expect(balance.unmirrored).toBe(0)
  },
)

test('three arms: beginnings are counted, the smallest p is taken three times', () => {
  const {
    trials,
    times: first,
    pValue,
  } = scipy.binomial.find(({ chance }) => chance < 0.5) as (typeof scipy.binomial)[0]
  const others = Math.floor((trials - first) / 2)
  const rounds = [
    ...times(first, ['a', 'b', 'c', 'c', 'b', 'a']),
    ...times(others, ['b', 'c', 'a', 'a', 'c', 'b']),
    ...times(trials - first - others, ['c', 'b', 'a', 'a', 'b', 'c']),
  ]
  const balance = checkOrderBalance(rounds)
  expect(balance.pValue).toBeCloseTo(3 * pValue, 9)
  expect([...balance.begun]).toEqual([
    ['a', first],
    ['b', others],
    ['c', trials - first - others],
  ])
})

test.each([
  { round: ['a', 'b', 'a', 'b'], why: 'not mirrored' },
  { round: ['a', 'b', 'b'], why: 'incomplete' },
  { round: ['a', 'a', 'a', 'a'], why: 'one arm only' },
  { round: ['a', 'b', 'a'], why: 'too short, though mirrored' },
  { round: ['a', 'b', 'b', 'b', 'b', 'a'], why: 'too long, though mirrored' },
])('a round that is $why is counted', ({ round }) => {
  expect(checkOrderBalance([abba, baab, round]).unmirrored).toBe(1)
})

test('a round of three arms that only begins and ends alike is counted', () => {
  expect(checkOrderBalance([['a', 'b', 'c', 'b', 'c', 'a']]).unmirrored).toBe(1)
})

test("the plan's own shuffles are balanced", () => {
  const random = makeRandom(5)
  const rounds = times(64, 0).map(() => {
    const order = shuffle(['a', 'b', 'c'], random)
    return [...order, ...order.toReversed()]
  })
  expect(checkOrderBalance(rounds)).toMatchObject({ unmirrored: 0, pValue: expect.any(Number) })
  expect(checkOrderBalance(rounds).pValue).toBeGreaterThan(0.01)
})

test('no rounds are no imbalance', () => {
  expect(checkOrderBalance([])).toEqual({ unmirrored: 0, begun: new Map(), pValue: 1 })
})
