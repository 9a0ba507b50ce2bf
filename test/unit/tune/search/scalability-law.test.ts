import { describe, expect, it } from 'vitest'
import { makeRandom } from '../../../../src/plan/random.ts'
import {
  fitScalabilityLaw,
  predictThroughput,
  type ScalabilityLaw,
} from '../../../../src/tune/search/scalability-law.ts'

const sizes = [1, 2, 4, 8, 16, 32, 64]

function measure(law: ScalabilityLaw, noise: number, seed = 1) {
  const random = makeRandom(seed)
  return sizes.map((size) => ({
    size,
    perSecond: Array.from({ length: 16 }, () => predictThroughput(law, size) * (1 + noise * (random() - 0.5))),
  }))
}

describe('fitScalabilityLaw', () => {
  it('finds the law that made the figures', () => {
    const law = { lambda: 500, sigma: 0.02, kappa: 0.0005 }
    const fit = fitScalabilityLaw(measure(law, 0), 1)
    expect(fit?.lambda).toBeCloseTo(500, 6)
    expect(fit?.sigma).toBeCloseTo(0.02, 9)
    expect(fit?.kappa).toBeCloseTo(0.0005, 9)
  })

  it('gives the peak with an interval that holds the true one in 95 % of runs', () => {
    const law = { lambda: 500, sigma: 0.02, kappa: 0.002 }
    const truth = Math.sqrt((1 - law.sigma) / law.kappa)
    const runs = 60
    const covering = Array.from({ length: runs }, (_, seed) =>
      fitScalabilityLaw(measure(law, 0.2, seed + 1), seed),
    ).filter((fit) => fit?.peak.state === 'identified' && fit.peak.low <= truth && truth <= fit.peak.high)
    expect(covering.length / runs).toBeGreaterThan(0.85)
  })

  it('says that κ is not identified when throughput never falls', () => {
    const fit = fitScalabilityLaw(measure({ lambda: 500, sigma: 0.1, kappa: 0 }, 0.05), 1)
    expect(fit?.peak).toEqual({
      state: 'not identified',
      reason: expect.stringMatching(/^throughput does not clearly fall at any size up to \d+, so that κ/),
    })
  })

  it('names no peak of a curve with a corner, which the law does not have', () => {
    const workers = sizes.map((size) => ({ size, perSecond: Array.from({ length: 16 }, () => Math.min(size, 4) * 50) }))
    expect(fitScalabilityLaw(workers, 1)?.peak).toEqual({
      state: 'not identified',
      reason: expect.stringMatching(/does not fit this curve, it is \d+ % off at \d+/),
    })
  })

  it('does not fit a law with too few sizes, no rounds, or no throughput', () => {
    expect(fitScalabilityLaw(measure({ lambda: 1, sigma: 0, kappa: 0 }, 0).slice(0, 3), 1)).toBeUndefined()
    expect(
      fitScalabilityLaw(
        sizes.map((size) => ({ size, perSecond: [] })),
        1,
      ),
    ).toBeUndefined()
    expect(
      fitScalabilityLaw(
        sizes.map((size) => ({ size, perSecond: [0] })),
        1,
      ),
    ).toBeUndefined()
  })

  it('gives the same fit for the same seed', () => {
    const data = measure({ lambda: 500, sigma: 0.02, kappa: 0.002 }, 0.2)
    expect(fitScalabilityLaw(data, 7)).toEqual(fitScalabilityLaw(data, 7))
  })
})
