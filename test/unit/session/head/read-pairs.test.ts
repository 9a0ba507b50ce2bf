import { describe, expect, it } from 'vitest'
import { readPairs } from '../../../../src/session/head/read-pairs.ts'

describe('readPairs', () => {
  it.each([
    [{ a: 1, b: null }],
    [
      [
        ['a', 1],
        ['b', null],
      ],
    ],
    [
      new Map<string, unknown>([
        ['a', 1],
        ['b', null],
      ]),
    ],
  ])('reads %j', (input) => {
    expect(readPairs(input, 'params')).toEqual([
      ['a', 1],
      ['b', null],
    ])
  })

  it('reads what iterates over pairs of text', () => {
    expect(readPairs(new URLSearchParams('a=1&a=2'), 'form')).toEqual([
      ['a', '1'],
      ['a', '2'],
    ])
    expect(readPairs(Object.create(null), 'form')).toEqual([])
  })

  it.each([null, undefined, 'a=1', 7, () => {}, new Date(0), Promise.resolve(), new Blob(['x'])])(
    'refuses %s, which would be sent as nothing',
    (input) => {
      expect(() => readPairs(input, 'params')).toThrow(
        /params: expected names with values: an object or a list of pairs/,
      )
    },
  )

  it('refuses a stream, bytes, and the pair that is none by its place', () => {
    const stream = { async *[Symbol.asyncIterator]() {} }
    expect(() => readPairs(stream, 'form')).toThrow(/form: expected names with values/)
    expect(() => readPairs(new Uint8Array([1]), 'form')).toThrow(/form\[0\]: expected \[name, value\]/)
    for (const pair of ['b', ['b'], ['b', 1, 2], [1, 'b'], { b: 1 }])
      expect(() => readPairs([['a', 1], pair], 'form')).toThrow(/form\[1\]: expected \[name, value\]/)
  })
})
