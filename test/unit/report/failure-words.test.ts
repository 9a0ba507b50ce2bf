import { describe, expect, it } from 'vitest'
import type { ArmResult } from '../../../src/document/model.ts'
import { listFailures, renderFailures } from '../../../src/report/failure-words.ts'

const failures: ArmResult['failures'] = [
  { code: 'status', status: 429, count: 150, message: 'the target answered 429', url: 'http://h/items' },
  { code: 'status', status: 500, count: 40, message: 'the target answered 500' },
  { code: 'reset', count: 10, message: 'socket hang up' },
  { code: 'timeout', count: 8, message: 'too slow' },
  { code: 'refused', count: 4, message: 'connect ECONNREFUSED' },
  { code: 'other', count: 2, message: 'boom' },
]
const arm = { id: 'session', succeeded: 4_786, failed: 214, failures } as unknown as ArmResult

describe('what failed', () => {
  it('is told by kind, with one message and one URL each, and nothing is left out of the sum', () => {
    expect(renderFailures(arm)).toEqual([
      'session: 214 of 5,000 iterations failed (4.3 %): 150 × status 429, http://h/items (the target answered 429); ' +
        '40 × status 500 (the target answered 500); 10 × reset (socket hang up); 8 × timeout (too slow); 6 × others',
    ])
  })

  it('is nothing where nothing failed', () => {
    expect(renderFailures({ ...arm, failed: 0, failures: [] })).toEqual([])
  })

  it('fits a cell', () => {
    expect(listFailures(failures.slice(0, 3))).toBe('status 429: 150; status 500: 40; reset: 10')
  })
})
