import { describe, expect, it } from 'vitest'
import { makePortWatch } from '../../../src/run/port-watch.ts'

const settings = (reuse: string) => (path: string) => (path.endsWith('tcp_tw_reuse') ? `${reuse}\n` : '1001\t2000\n')

describe('makePortWatch', () => {
  it('stops load before all ports of a minute are resting', () => {
    const watch = makePortWatch('10.0.0.1', settings('0'))
    watch(400, 0)
    watch(400, 30_000)
    expect(() => watch(1, 59_000)).toThrow(/801 connections were opened in a minute, and of the 1,000 ports/)
    // The first have rested by then.
    const other = makePortWatch('10.0.0.1', settings('2'))
    other(400, 0)
    other(400, 30_000)
    other(400, 60_001)
  })

  it('lets go on where ports are used again', () => {
    for (const watch of [makePortWatch('10.0.0.1', settings('1')), makePortWatch('127.0.0.1', settings('2'))]) {
      watch(1_000_000, 0)
    }
  })

  it('takes the usual number where the system does not tell', () => {
    const watch = makePortWatch('10.0.0.1', () => {
      throw new Error('no such file')
    })
    watch(13_107, 0)
    expect(() => watch(1, 1)).toThrow(/of the 16,384 ports/)
  })
})
