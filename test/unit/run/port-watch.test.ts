import { describe, expect, it } from 'vitest'
import { makePortWatch } from '../../../src/run/port-watch.ts'
import type { MeasuredBlock } from '../../../src/sample/block.ts'

const block = (connectionsOpened: number, timeWaitSockets = 900, localPorts: number | undefined = 1_000) =>
  ({ wire: { connectionsOpened }, timeWaitSockets, localPorts }) as MeasuredBlock

describe('makePortWatch', () => {
  it('stops load before all ports are resting', () => {
    const watch = makePortWatch('10.0.0.1', 0)
    watch(block(400), 0)
    watch(block(400), 30_000)
    expect(() => watch(block(1), 59_000)).toThrow(/of the 1,000 ports that this machine has for connections 900 rest/)
    // The first have rested by then.
    const other = makePortWatch('10.0.0.1', 2)
    other(block(400), 0)
    other(block(400), 30_000)
    other(block(400), 60_001)
  })

  it('lets go on where the target closed first, so that no port rests here', () => {
    makePortWatch('10.0.0.1', 0)(block(100_000, 12), 0)
  })

  it('lets go on where ports are used again, or the system does not tell', () => {
    for (const watch of [makePortWatch('10.0.0.1', 1), makePortWatch('127.0.0.1', 2)]) watch(block(1_000_000), 0)
    const { localPorts: _, ...untold } = block(1_000_000)
    makePortWatch('10.0.0.1', 0)(untold as MeasuredBlock, 0)
  })
})
