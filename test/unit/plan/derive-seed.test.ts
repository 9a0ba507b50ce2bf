import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blockSeed, deriveSeed, drawAt } from '../../../src/plan/derive-seed.ts'
import { makeRandom } from '../../../src/plan/random.ts'

describe('deriveSeed', () => {
  it('gives whole numbers of 32 bits, the same for the same place', () => {
    fc.assert(
      fc.property(fc.nat(0xffff_ffff), fc.array(fc.nat(), { maxLength: 4 }), (seed, place) => {
        const derived = deriveSeed(seed, 'rows', ...place)
        expect(Number.isInteger(derived) && derived >= 0 && derived < 2 ** 32).toBe(true)
        expect(deriveSeed(seed, 'rows', ...place)).toBe(derived)
      }),
    )
  })

  it('is pinned: a seed that a user has noted gives the same run with every later version', () => {
    expect(deriveSeed(1, 'comparison', 0)).toBe(2_781_203_911)
    expect(deriveSeed(1, 'arrivals')).toBe(1_379_431_489)
    expect(blockSeed(1, { generation: 2, round: 3, half: 1 })).toBe(106_909_995)
    expect(drawAt(1, 2, 3)).toBe(0.9134451649151742)
  })

  it('keeps neighbouring places, streams and seeds apart', () => {
    const seeds = new Set<number>()
    for (let seed = 0; seed < 4; seed++) {
      for (const stream of ['arrivals', 'pauses', 'rows', 'block'] as const) {
        for (let generation = 0; generation < 16; generation++) {
          for (let round = 0; round < 64; round++) seeds.add(deriveSeed(seed, stream, generation, round))
        }
      }
    }
    // 16,384 of 2³² values: 0.03 collisions are expected, ten would be a fault.
    expect(seeds.size).toBeGreaterThan(16_384 - 10)
  })

  it('tells a place from a longer one that begins like it', () => {
    expect(deriveSeed(7, 'rows')).not.toBe(deriveSeed(7, 'rows', 0))
    expect(deriveSeed(7, 'rows', 1)).not.toBe(deriveSeed(7, 'rows', 1, 0))
  })

  it('gives neighbouring places sequences that are not alike', () => {
    const draws = Array.from({ length: 4_000 }, (_, round) => {
      const [one, other] = [0, 1].map((half) => makeRandom(blockSeed(5, { generation: 0, round, half }))())
      return [one as number, other as number] as const
    })
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
    const covariance = mean(draws.map(([one, other]) => (one - 0.5) * (other - 0.5)))
    // Of 4,000 independent pairs: a standard deviation of (1/12)/√4000 = 0.0013.
    expect(Math.abs(covariance)).toBeLessThan(0.006)
  })
})

describe('drawAt', () => {
  it('is MurmurHash3: its published value for the four bytes of "test"', () => {
    expect(drawAt(0x74736574) * 2 ** 32).toBe(0xba6bd213)
  })

  it('is uniform over indexes: every tenth has its share', () => {
    const tenths = new Array<number>(10).fill(0)
    for (let user = 0; user < 100; user++) {
      for (let iteration = 0; iteration < 1_000; iteration++) {
        const tenth = Math.floor(drawAt(9, user, iteration) * 10)
        tenths[tenth] = (tenths[tenth] as number) + 1
      }
    }
    expect(tenths).toHaveLength(10)
    // 10,000 expected, standard deviation 95.
    for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(450)
  })
})
