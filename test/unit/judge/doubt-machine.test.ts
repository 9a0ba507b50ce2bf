import { describe, expect, it } from 'vitest'
import { comparisonOf, steady } from '../report/comparison-of.ts'
import { makeQuads } from './make-block.ts'

describe('a machine that may be what was measured', () => {
  it.each([
    [
      'steal, for the arm where it was worst',
      { a: { cpuStealShare: 0.02 }, b: { cpuStealShare: 0.08 } },
      /^8\.0 % of .* \(steal\) while b/,
    ],
    ['steal within 5 %', { a: { cpuStealShare: 0.05 }, b: {} }, undefined],
    [
      'TIME_WAIT near the port range',
      { a: { timeWaitSockets: 27_000, localPorts: 28_232, wire: { connectionsOpened: 1_000 } }, b: {} },
      /^27,000 sockets .* of a, with 28,232/,
    ],
    [
      'TIME_WAIT far from it',
      { a: { timeWaitSockets: 25_000, localPorts: 28_232, wire: { connectionsOpened: 1_000 } }, b: {} },
      undefined,
    ],
    [
      'TIME_WAIT of an unknown range',
      { a: { timeWaitSockets: 27_000, wire: { connectionsOpened: 1_000 } }, b: {} },
      undefined,
    ],
    [
      'ports used up, within the error budget',
      { a: {}, b: { failed: 2, failures: [{ code: 'ports-exhausted' as const, count: 2, message: 'EADDRNOTAVAIL' }] } },
      /^32 of b's iterations found no free local port/,
    ],
  ])('%s', (_, more, reason) => {
    const { validity, reasons } = comparisonOf({
      blocks: makeQuads(8, (arm, round) => ({ ...steady(arm, round), ...more[arm] })),
    })
    expect(validity).toBe(reason === undefined ? 'valid' : 'suspect')
    expect(reasons).toHaveLength(reason === undefined ? 0 : 1)
    if (reason !== undefined) expect(reasons[0]).toMatch(reason)
  })
})

describe('a rule that leaves out rounds by their CPU steal', () => {
  const exclude = { cpuSteal: 0.05 }
  // In one block of rounds 2 and 5 half of the CPU time went away, and b was slow.
  const blocks = makeQuads(10, (arm, round) => {
    const isStolen = (round === 2 || round === 5) && arm === 'b'
    const { latencyUs } = steady(arm, round)
    return { latencyUs: isStolen ? 50 * latencyUs : latencyUs, elapsedMs: 100, cpuStealShare: isStolen ? 0.5 : 0.01 }
  })
  const wrong = blocks.map((block) =>
    block.round === 2 ? { ...block, disagreements: [{ count: 'requests' as const, client: 1, server: 2 }] } : block,
  )

  it('leaves out whole rounds of every arm, and says so', () => {
    const kept = comparisonOf({ blocks, scenario: { exclude } })
    expect(kept).toMatchObject({ validity: 'valid', rounds: 8, excludedRounds: 2, judging: { exclude } })
    expect(kept.blocks).toHaveLength(40)
    expect(kept.arms.map((arm) => arm.blocks)).toEqual([16, 16])
    expect(kept.arms[1]?.latency.maxUs).toBeLessThan(1_100)
    const [contrast] = kept.contrasts
    for (const metric of contrast?.metrics ?? []) {
      expect(metric.units).toBe(8)
      expect(metric.warnings).toContain('2 rounds were left out by a rule declared beforehand')
    }
  })

  it('leaves out none without the rule', () => {
    const all = comparisonOf({ blocks })
    expect(all).toMatchObject({ rounds: 10, validity: 'suspect' })
    expect(all).not.toHaveProperty('excludedRounds')
  })

  it('excuses no miscount', () => {
    const { validity, reasons } = comparisonOf({ blocks: wrong, scenario: { exclude } })
    expect(validity).toBe('invalid')
    expect(reasons[0]).toMatch(/differ in 4 of 40 blocks/)
  })

  it('is INVALID when no round is left, and suspect when the system does not tell', () => {
    const allStolen = blocks.map((block) => ({ ...block, cpuStealShare: 0.06 }))
    expect(comparisonOf({ blocks: allStolen, scenario: { exclude } })).toMatchObject({ validity: 'invalid', rounds: 0 })
    const untold = comparisonOf({ blocks: makeQuads(8, steady), scenario: { exclude } })
    expect(untold).toMatchObject({ validity: 'suspect', rounds: 8, excludedRounds: 0 })
    expect(untold.reasons).toEqual([expect.stringMatching(/^no round could be left out by its CPU steal/)])
  })
})
