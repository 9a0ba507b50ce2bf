import { expect, it } from 'vitest'
import { countRounds, excludeRounds } from '../../../src/judge/exclude-rounds.ts'
import type { Block } from '../../../src/sample/block.ts'
import { makeQuads } from './make-block.ts'

/** Rounds in which others took these shares of the CPU time of the blocks of `b`, none of those of `a`. */
const roundsWith = (...shares: (number | undefined)[]): Block[] =>
  makeQuads(shares.length, (arm, round) => {
    const share = shares[round]
    return share === undefined ? {} : { cpuStealShare: arm === 'b' ? share : 0 }
  })
const roundsOf = (blocks: readonly Block[]) => [...new Set(blocks.map(({ round }) => round))]

it('leaves out whole rounds of which others took more than the limit, on the mean', () => {
  const blocks = roundsWith(0.2, 0.25, 0.2, 0)
  const { kept, excluded } = excludeRounds(blocks, { exclude: { cpuSteal: 0.1 } })
  // Half of the blocks' share: 0.1 is not more than 0.1.
  expect([roundsOf(kept), roundsOf(excluded)]).toEqual([[0, 2, 3], [1]])
  expect([kept.length, excluded.length]).toEqual([12, 4])
})

it('keeps rounds of which nothing is known, and tells rounds of generations apart', () => {
  const unknown = roundsWith(undefined, 0.9)
  const later = roundsWith(0.9, undefined).map((block) => ({ ...block, generation: 1 }))
  const { kept, excluded } = excludeRounds([...unknown, ...later], { exclude: { cpuSteal: 0 } })
  expect(excluded).toEqual([...unknown.slice(4), ...later.slice(0, 4)])
  expect(kept).toEqual([...unknown.slice(0, 4), ...later.slice(4)])
})

it('keeps all where no rule was declared', () => {
  const blocks = roundsWith(0.9, 0.9)
  expect(excludeRounds(blocks, { exclude: undefined } as never)).toEqual({ kept: blocks, excluded: [] })
})

it('counts rounds of every generation', () => {
  const blocks = roundsWith(0, 0, 0)
  expect(countRounds(blocks)).toBe(3)
  expect(countRounds([...blocks, ...blocks.map((block) => ({ ...block, generation: 1 }))])).toBe(6)
  expect(countRounds([])).toBe(0)
})
