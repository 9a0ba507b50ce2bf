import { describe, expect, it } from 'vitest'
import { makePortWatch } from '../../../src/run/port-watch.ts'

const system =
  (reuse: string, resting = 900) =>
  (path: string) => {
    if (path.endsWith('tcp_tw_reuse')) return `${reuse}\n`
    if (path.endsWith('sockstat'))
      return `sockets: used 40\nTCP: inuse 3 orphan 0 tw ${resting} alloc 5 mem 1\nUDP: inuse 2\n`
    return '1001\t2000\n'
  }

describe('makePortWatch', () => {
  it('stops load before all ports are resting', () => {
    const watch = makePortWatch('10.0.0.1', system('0'))
    watch(400, 0)
    watch(400, 30_000)
    expect(() => watch(1, 59_000)).toThrow(/of the 1,000 ports that this machine has for connections 900 rest/)
    // The first have rested by then.
    const other = makePortWatch('10.0.0.1', system('2'))
    other(400, 0)
    other(400, 30_000)
    other(400, 60_001)
  })

  it('lets go on where the target closed first, so that no port rests here', () => {
    makePortWatch('10.0.0.1', system('0', 12))(100_000, 0)
  })

  it('lets go on where ports are used again, or the system does not tell', () => {
    for (const watch of [makePortWatch('10.0.0.1', system('1')), makePortWatch('127.0.0.1', system('2'))]) {
      watch(1_000_000, 0)
    }
    makePortWatch('10.0.0.1', () => {
      throw new Error('no such file')
    })(1_000_000, 0)
  })
})
