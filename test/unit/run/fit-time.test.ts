import { describe, expect, it } from 'vitest'
import { fitTime } from '../../../src/run/fit-time.ts'

const armsOf = (...lengthsMs: number[]) => new Map(lengthsMs.map((blockMs, index) => [`${index}`, { blockMs }]))

/** What the blocks of all rounds take: every arm has two in each. */
function totalMs({ warm, maxRounds }: ReturnType<typeof fitTime>): number {
  return [...warm.values()].reduce((sum, { blockMs }) => sum + 2 * maxRounds * blockMs, 0)
}

describe('a fixed time of measuring', () => {
  it.each([
    [[100, 100], 4_000, 10, 100],
    [[100, 100], 4_300, 10, 107.5],
    [[100, 700], 4_000, 2, 500],
    [[100], 1_000, 5, 100],
    // More rounds than the plan has orders for: longer blocks.
    [[100, 100], 400_000, 256, 390.625],
    // Not even one round fits: shorter blocks.
    [[5_000, 5_000], 2_000, 1, 500],
  ])('arms with blocks of %j ms share %d ms in %d rounds', (lengths, generationMs, rounds, blockMs) => {
    const fitted = fitTime(armsOf(...lengths), { generationMs, maxRounds: 256 })
    expect(fitted.maxRounds).toBe(rounds)
    expect([...fitted.warm.values()]).toEqual(lengths.map(() => ({ blockMs })))
    expect(totalMs(fitted)).toBeCloseTo(generationMs, 6)
  })

  it('is none where the plan has none', () => {
    const warm = armsOf(100, 700)
    expect(fitTime(warm, { maxRounds: 16 })).toEqual({ warm, maxRounds: 16 })
  })
})
