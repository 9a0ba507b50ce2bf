import { describe, expect, it } from 'vitest'
import { findConflicts } from '../../../src/plan/find-conflicts.ts'
import { resolveScenario } from '../../../src/scenario/resolve-scenario.ts'

const describeAs = (engine: 'raw' | 'autocannon' | 'micro' | 'session') => {
  const variants = { a: () => ({ path: '/' }) }
  const scenario = { question: '?', baseline: 'a', variants, ...(engine !== 'session' && { engine }) }
  return resolveScenario(scenario as never, { name: 'mine', url: 'file:///mine.ts' })
}

const all: Parameters<typeof findConflicts>[1] = {
  ...{ concurrency: 5, thinkTimeMs: 1, iterations: 9, arrivalRate: 5, stages: [], arrivals: 'poisson', maxInFlight: 7 },
  ...{ variantPer: 'block', phases: true, processes: 2 },
  ...{ externalOrigin: 'http://h', targetName: 'h', protocols: ['h2'], rttsMs: [5] },
  ...{ seed: 1, budgetMs: 9, blockMs: 9, warmUpMs: 9, maxRounds: 3, generations: 2, isolation: 'shared' },
}
const ofWorkload = ['concurrency', 'thinkTimeMs', 'iterations', 'arrivalRate', 'stages', 'arrivals', 'maxInFlight']

describe('of all options', () => {
  it('the micro engine has no use for these', () => {
    const again = 'the micro engine calls a function again and again'
    const silent = 'the micro engine sends no requests'
    expect(findConflicts(describeAs('micro'), all)).toEqual(
      [
        ...ofWorkload.map((name) => [name, again]),
        ['variantPer', 'a function under test is made once per process'],
        ...['protocols', 'rttsMs', 'externalOrigin', 'targetName'].map((name) => [name, silent]),
        [
          'processes',
          'the micro engine times one call after another: in several processes they would disturb each other',
        ],
        ['phases', silent],
      ].map(([name, why]) => `${name}: mine has no use for it, ${why}`),
    )
  })

  it('the raw engine has no use for these, and cannot speak h2', () => {
    const fixed = 'the variants of a raw scenario say how many connections and requests there are'
    expect(findConflicts(describeAs('raw'), all)).toEqual([
      ...ofWorkload.slice(0, 3).map((name) => `${name}: mine has no use for it, ${fixed}`),
      'variantPer: mine has no use for it, a raw arm opens its connections anew for every block anyway',
      'protocols: mine cannot use h2, the raw engine speaks HTTP/1.1 only',
      'phases: mine has no use for it, the raw engine does not follow single requests',
    ])
  })

  it('autocannon has no use for these, and cannot speak h2', () => {
    const fixed = 'the variants of its scenario say how many connections and requests there are'
    expect(findConflicts(describeAs('autocannon'), all)).toEqual([
      ...ofWorkload.map((name) => `${name}: mine has no use for it, ${fixed}`),
      'variantPer: mine has no use for it, autocannon opens its connections anew for every block anyway',
      'protocols: mine cannot use h2, autocannon speaks HTTP/1.1 only',
      'phases: mine has no use for it, autocannon does not say what its requests wait for',
    ])
    expect(findConflicts(describeAs('autocannon'), {})).toEqual([])
    expect(findConflicts(describeAs('autocannon'), { protocols: ['http', 'https'] })).toEqual([])
  })

  it('every other engine takes all', () => {
    expect(findConflicts(describeAs('session'), all)).toEqual([])
  })
})
