import fc from 'fast-check'
import { expect, it } from 'vitest'
import { shorten, shortenList } from '../../../src/sample/shorten.ts'

it.each([
  ['short', 10, 'short'],
  ['exactly so long', 15, 'exactly so long'],
  ['one too long', 11, 'one too lon…'],
  ['half 👩 of it', 6, 'half …'],
])('shorten(%j, %d) is %j', (text, most, shortened) => {
  expect(shorten(text, most)).toBe(shortened)
})

it('is never longer, never torn, and the same where it fits', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 20 }), (text, most) => {
      const shortened = shorten(text, most)
      expect(shortened.length).toBeLessThanOrEqual(most + 1)
      expect(shortened.isWellFormed()).toBe(true)
      if (text.length <= most) expect(shortened).toBe(text)
    }),
  )
})

it('a list says how much longer it was', () => {
  expect(shortenList(['a', 'b', 'c'], 3)).toEqual(['a', 'b', 'c'])
  expect(shortenList(['a', 'b', 'c', 'd'], 3)).toEqual(['a', 'b', '… and 2 more'])
})
