import { describe, expect, it } from 'vitest'
import { makeSpace, readVariations } from '../../../src/tune/read-variations.ts'

describe('readVariations', () => {
  it('reads ranges and lists', () => {
    expect([...readVariations('connections=1..64,pipelining=1,2,4,mode=fast,slow')]).toEqual([
      ['connections', { kind: 'range', smallest: 1, largest: 64 }],
      ['pipelining', { kind: 'list', values: [1, 2, 4] }],
      ['mode', { kind: 'list', values: ['fast', 'slow'] }],
    ])
  })

  it.each([
    ['64', /no parameter/],
    ['', /no parameter/],
    ['connections=', /no parameter/],
    ['connections=9..2', /from the smaller to the larger/],
    ['connections=0..2', /1 to 100000/],
    ['connections=1..4,8', /a range stands alone/],
    ['connections=1,1', /values that differ/],
    ['connections=1,connections=2', /twice/],
  ])('refuses %s', (text, message) => expect(() => readVariations(text)).toThrow(message))
})

describe('makeSpace', () => {
  it('searches connections, and tries every other parameter at each of its values', () => {
    const sweep = { pipelining: [1], connections: [1, 2] }
    expect(makeSpace(sweep, readVariations('pipelining=1..8'))).toEqual({
      sizeName: 'connections',
      sizes: { kind: 'list', values: [1, 2] },
      others: { pipelining: [1, 2, 4, 8] },
    })
  })

  it('takes the first parameter with several whole numbers where there are no connections', () => {
    expect(makeSpace({ ca: ['a'], size: [5, 10] }, new Map())).toMatchObject({
      sizeName: 'size',
      others: { ca: ['a'] },
    })
  })

  it('refuses a sweep that has no size', () => {
    expect(() => makeSpace({ mode: ['fast', 'slow'] }, new Map())).toThrow(/whole numbers/)
    expect(() => makeSpace({ connections: [0.5] }, new Map())).toThrow(/whole numbers/)
  })
})
