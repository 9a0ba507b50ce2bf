import { describe, expect, it } from 'vitest'
import { at, atKey } from '../../../src/session/at.ts'
import { fieldsOf } from '../../../src/session/fields-of.ts'
import { codeOf, messageOf } from '../../../src/session/thrown.ts'

describe('what is there', () => {
  it('is read at a place, from the end below 0', () => {
    expect([at([1, 2, 3], 0), at([1, 2, 3], -1), at(Float64Array.of(0), 0), at('ab', 1)]).toEqual([1, 3, 0, 'b'])
    expect(atKey(new Map([['a', 0]]), 'a')).toBe(0)
  })

  it('throws where there is nothing', () => {
    expect(() => at([1, 2], 2)).toThrow('there is nothing at 2 of 2')
    expect(() => at([], -1)).toThrow(RangeError)
    expect(() => atKey(new Map(), 'a')).toThrow('there is nothing for a')
  })
})

describe('what came from elsewhere', () => {
  it.each([
    [Object.assign(new Error('no such file'), { code: 'ENOENT' }), 'no such file', 'ENOENT'],
    [{ message: 'of another realm', code: 'EPIPE' }, 'of another realm', 'EPIPE'],
    [Object.assign(new Error('numbered'), { code: 5 }), 'numbered', undefined],
    ['a text', 'a text', undefined],
    [undefined, 'undefined', undefined],
  ])('%s has its words and its code', (thrown, message, code) => {
    expect(messageOf(thrown)).toBe(message)
    expect(codeOf(thrown)).toBe(code)
  })

  it('has no fields where it is no object', () => {
    expect([fieldsOf(null), fieldsOf('text'), fieldsOf({ a: 1 })]).toEqual([{}, {}, { a: 1 }])
  })
})
