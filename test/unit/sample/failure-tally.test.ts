import { describe, expect, it } from 'vitest'
import { makeFailureTally } from '../../../src/sample/failure-tally.ts'

describe('makeFailureTally', () => {
  it('tells statuses apart, each with the words and the URL of its first, the most frequent first', () => {
    const tally = makeFailureTally()
    tally.add({ code: 'status', status: 500, message: 'the target answered 500', url: 'http://h/a' }, 1)
    tally.add({ code: 'status', status: 429, message: 'the target answered 429', url: 'http://h/b' }, 2)
    tally.add({ code: 'status', status: 429, message: 'again', url: 'http://h/c' }, 3)
    tally.add({ code: 'reset', message: 'socket hang up' }, 1)
    expect(tally.read()).toEqual([
      { code: 'status', status: 429, count: 5, message: 'the target answered 429', url: 'http://h/b' },
      { code: 'status', status: 500, count: 1, message: 'the target answered 500', url: 'http://h/a' },
      { code: 'reset', count: 1, message: 'socket hang up' },
    ])
  })

  it('does not grow with the statuses that a server invents, and loses none', () => {
    const tally = makeFailureTally()
    for (let status = 400; status < 1_000; status++) tally.add({ code: 'status', status, message: `${status}` }, 1)
    const kinds = tally.read()
    expect(kinds.length).toBeLessThanOrEqual(25)
    expect(kinds.reduce((sum, { count }) => sum + count, 0)).toBe(600)
    expect(kinds[0]).toMatchObject({ code: 'status', count: 600 - 24 })
    expect(kinds[0]?.status).toBeUndefined()
  })
})
