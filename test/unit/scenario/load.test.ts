import { expect, it } from 'vitest'
import { InvalidScenario } from '../../../src/scenario/load.ts'

const problems = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ path: `a[${index}]`, message: 'no' }))

it('names the problems of a scenario, as many as anybody mends at once', () => {
  const message = (count: number) => new InvalidScenario('file:///x.ts', problems(count)).message
  expect(message(2)).toBe('/x.ts is not a valid scenario:\n  a[0]: no\n  a[1]: no')
  expect(message(20)).toMatch(/ {2}a\[19\]: no$/)
  expect(message(10_000)).toMatch(/ {2}a\[19\]: no\n {2}and 9980 more$/)
})
