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

/** What the figures of each case below come to, by Cramer's rule in exact fractions (Python). */
const vectors = {
  withoutSigma: { lambda: 521.5513470954548, sigma: 0, kappa: 0.0008409087500202835 },
  withoutKappa: { lambda: 476.1483904303478, sigma: 0.07222528800629124, kappa: 0 },
  withoutBoth: { lambda: 514.1113622108755, sigma: 0, kappa: 0 },
  noisy: { lambda: 97.51845358636875, sigma: 0.01316725740414801, kappa: 0.0010577384659340536 },
}
const noisyPerSecond = [101, 188, 371, 655, 1080, 1300, 1010]

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

  it.each([
    ['contention alone', { lambda: 300, sigma: 0.05, kappa: 0 }],
    ['crosstalk alone', { lambda: 300, sigma: 0, kappa: 0.0004 }],
    ['neither', { lambda: 300, sigma: 0, kappa: 0 }],
    ['more contention than one at a time has', { lambda: 300, sigma: 1.5, kappa: 0.001 }],
  ])('finds a law of %s', (_, law) => {
    const fit = fitScalabilityLaw(measure(law, 0), 1)
    for (const term of ['lambda', 'sigma', 'kappa'] as const) expect(fit?.[term]).toBeCloseTo(law[term], 8)
  })

  it.each([
    [{ lambda: 500, sigma: -0.01, kappa: 0.001 }, vectors.withoutSigma],
    [{ lambda: 500, sigma: 0.1, kappa: -0.0005 }, vectors.withoutKappa],
    [{ lambda: 500, sigma: -0.001, kappa: -0.00001 }, vectors.withoutBoth],
  ])('leaves out a term that would be below zero: %j', (law, expected) => {
    const fit = fitScalabilityLaw(measure(law, 0), 1)
    expect(fit?.lambda).toBeCloseTo(expected.lambda, 6)
    expect(fit?.sigma).toBeCloseTo(expected.sigma, 9)
    expect(fit?.kappa).toBeCloseTo(expected.kappa, 12)
  })

  it('weighs sizes by relative error, as least squares of noisy figures show', () => {
    const data = sizes.map((size, index) => ({ size, perSecond: [noisyPerSecond[index] as number] }))
    const fit = fitScalabilityLaw(data, 1)
    expect(fit?.lambda).toBeCloseTo(vectors.noisy.lambda, 6)
    expect(fit?.sigma).toBeCloseTo(vectors.noisy.sigma, 9)
    expect(fit?.kappa).toBeCloseTo(vectors.noisy.kappa, 12)
  })

  it.each([
    [2, 6, '2 to 6 rounds of a size are too few for an interval'],
    [3, 5, '3 to 5 rounds of a size are too few for an interval'],
    [3, 6, undefined],
  ])('from %i to %i rounds of a size', (fewest, most, reason) => {
    const data = measure({ lambda: 500, sigma: 0.02, kappa: 0.002 }, 0.01).map(({ size, perSecond }) => ({
      size,
      perSecond: perSecond.slice(0, size === 4 ? fewest : most),
    }))
    const peak = fitScalabilityLaw(data, 1)?.peak
    expect(peak).toEqual(
      reason === undefined ? expect.objectContaining({ state: 'identified' }) : { state: 'not identified', reason },
    )
  })

  it('says where the law misses most, unless the noise explains it', () => {
    const corner = (spread: number) =>
      sizes.map((size) => ({
        size,
        perSecond: Array.from(
          { length: 16 },
          (_, round) => Math.min(size, 4) * 50 * (1 + spread * (round % 2 ? 1 : -1)),
        ),
      }))
    const fit = fitScalabilityLaw(corner(0), 1) as ScalabilityLaw
    const misses = sizes.map((size) => Math.abs(predictThroughput(fit, size) / (Math.min(size, 4) * 50) - 1))
    const worst = Math.max(...misses)
    expect(fitScalabilityLaw(corner(0), 1)?.peak).toEqual({
      state: 'not identified',
      reason: `the law does not fit this curve, it is ${Math.round(worst * 100)} % off at ${sizes[misses.indexOf(worst)]}`,
    })
    // Four standard errors of 16 rounds are as much as they spread.
    const reasonAt = (spread: number) => {
      const peak = fitScalabilityLaw(corner(spread), 1)?.peak
      return peak?.state === 'not identified' ? peak.reason : ''
    }
    expect(reasonAt(worst * 0.98)).toMatch(/does not fit/)
    expect(reasonAt(worst * 1.02)).not.toMatch(/does not fit/)
  })

  it('takes a law that misses by a twentieth for that of the target', () => {
    const bent = (share: number) =>
      measure({ lambda: 500, sigma: 0.02, kappa: 0.002 }, 0).map(({ size, perSecond }) => ({
        size,
        perSecond: perSecond.map((value) => value * (size === 8 ? 1 + share : 1)),
      }))
    expect(fitScalabilityLaw(bent(0.04), 1)?.peak.state).toBe('identified')
    expect(fitScalabilityLaw(bent(0.15), 1)?.peak.state).toBe('not identified')
  })

  it.each([
    [0.00054, 'not identified'],
    [0.00056, 'identified'],
  ])('with κ %f, of a fall that is hardly one, is %s', (kappa, state) => {
    const law = { lambda: 500, sigma: 0.02, kappa }
    const fall = 1 - predictThroughput(law, 64) / Math.max(...sizes.map((size) => predictThroughput(law, size)))
    expect(fall > 0.03).toBe(state === 'identified')
    expect(Math.sqrt((1 - law.sigma) / kappa)).toBeLessThan(64)
    const data = measure(law, 0)
    expect(fitScalabilityLaw(data, 1)?.peak.state).toBe(state)
    // In whatever order the sizes were tried.
    expect(fitScalabilityLaw(data.toReversed(), 1)?.peak.state).toBe(state)
  })

  it('has its peak at one where throughput falls from there on', () => {
    expect(fitScalabilityLaw(measure({ lambda: 300, sigma: 1.5, kappa: 0.001 }, 0), 1)?.peak).toEqual({
      ...{ state: 'identified', size: 1, low: 1, high: 1 },
    })
  })

  it('draws whole rounds where all sizes ran in all of them: what slowed a whole round is no noise', () => {
    const law = { lambda: 500, sigma: 0.02, kappa: 0.002 }
    const random = makeRandom(3)
    const speeds = Array.from({ length: 16 }, () => 1 + 0.2 * (random() - 0.5))
    const data = sizes.map((size) => ({ size, perSecond: speeds.map((speed) => predictThroughput(law, size) * speed) }))
    const peak = fitScalabilityLaw(data, 1)?.peak
    if (peak?.state !== 'identified') throw new Error('expected a peak')
    expect(peak.high - peak.low).toBeLessThan(1e-6)
    const shorter = data.map(({ size, perSecond }) => ({
      size,
      perSecond: size === 64 ? perSecond.slice(1) : perSecond,
    }))
    const other = fitScalabilityLaw(shorter, 1)?.peak
    if (other?.state !== 'identified') throw new Error('expected a peak')
    expect(other.high - other.low).toBeGreaterThan(0.1)
  })

  it('fits nothing to one size that was tried four times', () => {
    expect(
      fitScalabilityLaw(
        [2, 2, 2, 2].map((size) => ({ size, perSecond: [100, 101, 102] })),
        1,
      ),
    ).toBeUndefined()
  })

  it('predicts nothing but the law', () => {
    expect(predictThroughput({ lambda: 100, sigma: 0.1, kappa: 0.01 }, 1)).toBe(100)
    expect(predictThroughput({ lambda: 100, sigma: 0.1, kappa: 0.01 }, 5)).toBeCloseTo(500 / 1.6, 9)
  })
})
