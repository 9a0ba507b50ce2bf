import { describe, expect, it } from 'vitest'
import {
  type Limited,
  type Phase,
  refreshPhase,
  startPhase,
  sweepPhase,
} from '../../../../src/session/wire/phase-limit.ts'

/** An exchange with these limits, and the phases that have expired. */
function limited(timeouts: Partial<Record<Phase, number>>) {
  const expired: Phase[] = []
  const all = { pool: 0, connect: 0, headers: 0, body: 0, ...timeouts }
  const one: Limited = {
    ...{ request: { timeouts: all }, phase: undefined, lastedMs: 0, timer: undefined },
    expire: (phase) => void expired.push(phase),
  }
  return { one, expired }
}
const sweep = (one: Limited, times: number) => {
  for (let nth = 0; nth < times; nth++) sweepPhase(one, 5_000)
}

describe('a limit of ten seconds or more', () => {
  it('has no timer, and expires with the sweep by which it has surely passed', () => {
    const { one, expired } = limited({ headers: 10_000 })
    startPhase(one, 'headers')
    expect(one.timer).toBeUndefined()
    // The first sweep may come at once: only what lies between two of them has passed.
    sweep(one, 2)
    expect(expired).toEqual([])
    sweep(one, 1)
    expect(expired).toEqual(['headers'])
    startPhase(one, 'headers')
    sweepPhase(one, 60_000)
    expect(expired).toEqual(['headers'])
  })

  it('begins anew with the next phase, and when the other side has shown life', () => {
    const { one, expired } = limited({ headers: 10_000, body: 10_000 })
    startPhase(one, 'headers')
    sweep(one, 2)
    startPhase(one, 'body')
    sweep(one, 2)
    refreshPhase(one)
    sweep(one, 2)
    expect(expired).toEqual([])
    sweep(one, 1)
    expect(expired).toEqual(['body'])
  })

  it('is none where the phase has none, or there is no phase', () => {
    const { one, expired } = limited({ headers: 10_000 })
    sweep(one, 9)
    startPhase(one, 'body')
    expect(one.timer).toBeUndefined()
    sweep(one, 9)
    startPhase(one, 'headers')
    startPhase(one, undefined)
    sweep(one, 9)
    expect(expired).toEqual([])
    expect(one.timer).toBeUndefined()
  })
})

describe('a shorter limit', () => {
  it('has a timer, which ends with its phase, and no sweep counts it', () => {
    const { one, expired } = limited({ headers: 9_999, body: 9_998 })
    startPhase(one, 'headers')
    const first = one.timer
    expect(first?.hasRef()).toBe(true)
    sweep(one, 9)
    startPhase(one, 'body')
    expect(one.timer).not.toBe(first)
    expect(one.timer).toBeDefined()
    startPhase(one, undefined)
    expect(one.timer).toBeUndefined()
    expect(expired).toEqual([])
  })

  it('expires by itself, and not for a phase that is over', async () => {
    const { one } = limited({ connect: 1, headers: 5 })
    const phase = await new Promise<Phase>((resolve) => {
      Object.assign(one, { expire: resolve })
      startPhase(one, 'connect')
      startPhase(one, 'headers')
    })
    expect(phase).toBe('headers')
  })
})
