import { describe, expect, it } from 'vitest'
import { makeRandom } from '../../../../src/plan/random.ts'
import { type Candidate, findEnough, type Standing } from '../../../../src/tune/search/find-enough.ts'

/** A candidate whose throughput is `level`, times noise that all share per round and noise of its own. */
function makeCandidates(
  levels: Readonly<Record<number, number>>,
  { rounds, noise, seed }: { readonly rounds: number; readonly noise: number; readonly seed: number },
): Candidate[] {
  const random = makeRandom(seed)
  const weather = Array.from({ length: rounds }, () => [0, 1].map(() => 0.3 * (random() - 0.5)))
  return Object.entries(levels).map(([size, level]) => ({
    id: size,
    cost: Number(size),
    isAllowed: true,
    logThroughputs: weather.map((halves) => halves.map((half) => Math.log(level) + half + noise * (random() - 0.5))),
  }))
}

/** What is to be had of them: the cheapest that is enough. */
function recommend(standings: readonly Standing[]): Standing | undefined {
  return standings.filter(({ state }) => state === 'enough').toSorted((a, b) => a.cost - b.cost)[0]
}

const quiet = { rounds: 16, noise: 0.01, seed: 1 }
const plateau = { 1: 100, 2: 200, 4: 398, 8: 400, 16: 400, 32: 395 }

describe('findEnough', () => {
  it('recommends the smallest size on the plateau', () => {
    const standings = findEnough(makeCandidates(plateau, quiet))
    expect(standings.map(({ state }) => state)).toEqual(['short', 'short', 'enough', 'enough', 'enough', 'enough'])
    expect(recommend(standings)?.id).toBe('4')
    expect(standings[1]?.loss).toBeCloseTo(0.5, 2)
  })

  it('leaves out what misses the objective, as a candidate and as the best', () => {
    const candidates = makeCandidates({ 1: 100, 2: 200, 4: 400 }, quiet).map((candidate) => ({
      ...candidate,
      isAllowed: candidate.id !== '4',
    }))
    expect(findEnough(candidates).map(({ state }) => state)).toEqual(['short', 'enough', 'not allowed'])
  })

  it('says unclear while there are too few rounds, and when the noise is too large', () => {
    const one = findEnough(makeCandidates(plateau, { rounds: 1, noise: 0.05, seed: 1 }))
    expect(one.map(({ state }) => state)).toEqual(['short', 'short', 'unclear', 'unclear', 'unclear', 'unclear'])
    const none = findEnough(makeCandidates(plateau, { ...quiet, rounds: 0 }))
    expect(none.every(({ state }) => state === 'unclear')).toBe(true)
    const few = findEnough(makeCandidates(plateau, { rounds: 3, noise: 0.08, seed: 1 }))
    expect(few.map(({ state }) => state)).toEqual(['short', 'short', 'unclear', 'unclear', 'unclear', 'unclear'])
    const noisy = findEnough(makeCandidates({ 1: 100, 2: 100 }, { rounds: 8, noise: 0.5, seed: 3 }))
    expect(noisy.map(({ state }) => state)).toEqual(['unclear', 'unclear'])
  })

  it('calls a single allowed size enough: nothing is better', () => {
    expect(findEnough(makeCandidates({ 8: 10 }, quiet))).toMatchObject([{ state: 'enough', loss: 0 }])
  })

  it('recommends what loses more than ε in at most α of runs, also at the edge of ε', () => {
    const runs = 400
    const wrong = Array.from({ length: runs }, (_, seed) => {
      const candidates = makeCandidates(
        { 1: 96.9, 2: 96.95, 4: 100, 8: 100, 16: 100 },
        { rounds: 16, noise: 0.1, seed },
      )
      return recommend(findEnough(candidates))?.cost ?? 16
    }).filter((cost) => cost < 4).length
    expect(wrong / runs).toBeLessThanOrEqual(0.05)
  })
})
