import { describe, expect, it } from 'vitest'
import { readThinkTime } from '../../../src/scenario/think-time.ts'

describe('readThinkTime', () => {
  it('takes a pause, a range, or the mean of an exponential', () => {
    expect(readThinkTime('500ms')).toBe(500)
    expect(readThinkTime('200ms-1s')).toEqual({ minMs: 200, maxMs: 1_000 })
    expect(readThinkTime('exp:2s')).toEqual({ meanMs: 2_000 })
  })

  it.each(['', '5', '1s-200ms', 'exp:1s-2s', '1s-2s-3s', 'exp:', '-1s'])('refuses %j', (text) => {
    expect(() => readThinkTime(text)).toThrow(/expected a (pause|duration)/)
  })
})
