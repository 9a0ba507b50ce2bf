import { describe, expect, it } from 'vitest'
import type { ArmUnderTest } from '../../../src/run/arm-under-test.ts'
import { warmUp } from '../../../src/run/warm-up.ts'
import type { Block } from '../../../src/sample/block.ts'
import { makeBlock } from '../judge/make-block.ts'

const rule = { minMs: 2_400, minRequests: 1_000, maxMs: 4_800 }

/** Warms up an arm whose pieces are as stated, each exactly as long as it was asked for. */
async function warm(pieceOf: (piece: number) => Partial<Block> & { latencyUs?: number }, rules = rule) {
  let nowMs = 0
  let pieces = 0
  const arm: ArmUnderTest = {
    id: 'a',
    async runBlock(durationMs) {
      nowMs += durationMs
      return makeBlock({ arm: 'a', requests: 1_000, ...pieceOf(pieces++) })
    },
    nextIndex: () => 0,
    idleMs: () => undefined,
  }
  const { report, p50Us } = await warmUp(arm, { rule: rules, generation: 2, nowMs: () => nowMs })
  return { ...report, pieces, p50Us }
}

/** A little unevenness without a trend. */
const wobble = (piece: number) => 1 + ((piece * 7) % 5) / 200

describe('warmUp', () => {
  it('ends at its least time when the arm is steady', async () => {
    const report = await warm((piece) => ({ latencyUs: 1_000 * wobble(piece) }))
    expect(report).toMatchObject({ arm: 'a', generation: 2, state: 'steady', elapsedMs: 2_400, pieces: 12 })
  })

  it('goes on while a trend is left, and ends when it is gone', async () => {
    const report = await warm((piece) => ({ latencyUs: 1_000 * wobble(piece) * Math.max(1, 3 - 0.2 * piece) }))
    expect(report.state).toBe('steady')
    expect(report.pieces).toBeGreaterThan(12)
    expect(report.pieces).toBeLessThan(24)
  })

  it('ends at its most time, and says so, when the arm never is', async () => {
    const report = await warm((piece) => ({ latencyUs: 1_000 * 1.05 ** piece }))
    expect(report).toMatchObject({ state: 'unsteady', elapsedMs: 4_800, pieces: 24 })
    expect(report.changePercent).toBeLessThan(-30)
  })

  it('takes the speed of the last pieces together, so that a stall in the last one does not tell', async () => {
    const report = await warm((piece) => ({ latencyUs: piece === 11 ? 10_000_000 : 1_000 * wobble(piece) }))
    expect(report.pieces).toBe(12)
    expect(report.p50Us).toBeLessThan(1_050)
  })

  it('goes on until there have been enough requests', async () => {
    const report = await warm((piece) => ({ latencyUs: 1_000 * wobble(piece) }), { ...rule, minRequests: 15_000 })
    expect(report).toMatchObject({ state: 'steady', pieces: 15 })
  })

  it('looks at latency in an open loop, whose throughput is given', async () => {
    const openLoop = { intended: 1_000, dropped: 0, response: '', dispatchDelay: '' }
    const rising = await warm((piece) => ({ openLoop, p50Us: 1_000 * 1.05 ** piece }))
    expect(rising).toMatchObject({ state: 'unsteady', pieces: 24 })
    const steady = await warm((piece) => ({ openLoop, latencyUs: 1_000 * 1.05 ** piece, p50Us: 900 * wobble(piece) }))
    expect(steady).toMatchObject({ state: 'steady', pieces: 12 })
  })

  it('cannot tell from few pieces, and does not claim to', async () => {
    const report = await warm((piece) => ({ latencyUs: 1_000 * 2 ** piece }), { minMs: 50, minRequests: 1, maxMs: 100 })
    expect(report).toEqual({
      arm: 'a',
      generation: 2,
      elapsedMs: 100,
      state: 'too few',
      pieces: 2,
      p50Us: expect.any(Number),
    })
  })

  it('gives up on an arm that never succeeds', async () => {
    const failures = [{ code: 'refused' as const, count: 5, message: 'connect ECONNREFUSED' }]
    await expect(warm(() => ({ requests: 0, succeeded: 0, failed: 5, failures }))).rejects.toThrow(
      /none of [\d,]+ iterations of 'a' succeeded in its warm-up; the first: refused: connect ECONNREFUSED/,
    )
  })
})
