import { describe, expect, it } from 'vitest'
import { findOptionProblems } from '../../../src/plan/find-option-problems.ts'

describe('the borders of an option', () => {
  it.each([
    ['seed', 0, 0xffff_ffff, 1],
    ['budgetMs', 1, 86_400_000, 0.5],
    ['blockMs', 1, 86_400_000, 0.5],
    ['warmUpMs', 1, 86_400_000, 0.5],
    ['maxRounds', 1, 256, 1],
    ['generations', 1, 64, 1],
    ['concurrency', 1, 10_000, 1],
    ['iterations', 1, 10_000_000, 1],
    ['arrivalRate', 0.01, 100_000, 0.005],
    ['maxInFlight', 1, 100_000, 1],
    ['processes', 1, 64, 1],
  ])('%s: from %d to %d', (name, least, most, beyond) => {
    for (const value of [least, most]) expect(findOptionProblems({ [name]: value })).toEqual([])
    for (const value of [least - beyond, most + beyond, `${least}`]) {
      expect(findOptionProblems({ [name]: value })).toEqual([expect.stringMatching(`^${name}: `)])
    }
  })

  it.each(['seed', 'maxRounds', 'generations', 'concurrency', 'iterations', 'maxInFlight', 'processes'])(
    '%s is a whole number',
    (name) => {
      expect(findOptionProblems({ [name]: 1.5 })).toEqual([expect.stringMatching(`^${name}: `)])
    },
  )

  it('of a list: it has something in it, each within its borders', () => {
    expect(findOptionProblems({ rttsMs: [0, 10_000], protocols: ['http', 'https', 'h2'] })).toEqual([])
    const problems = findOptionProblems({ rttsMs: [-1, 10_001, 5], protocols: [] })
    expect(problems.map((problem) => problem.split(':')[0])).toEqual(['protocols', 'rttsMs.0', 'rttsMs.1'])
  })
})

it('a host that may be reached has a name', () => {
  expect(findOptionProblems({ allowedHosts: ['h', 'h.test:80'] })).toEqual([])
  expect(findOptionProblems({ allowedHosts: ['h.test', ''] })).toEqual([expect.stringMatching(/^allowedHosts\.1: /)])
})

describe('one of a few words', () => {
  it.each([
    ['variantPer', ['process', 'block']],
    ['arrivals', ['constant', 'poisson']],
    ['isolation', ['shared', 'process']],
    ['phases', [true, false]],
    ['externalOrigin', ['http://127.0.0.1:3000', 'https://127.0.0.1']],
  ])('%s', (name, words) => {
    for (const word of words) expect(findOptionProblems({ [name]: word })).toEqual([])
    for (const word of ['', 'ftp://h.test', 'httpx://h.test', 'xhttp://h.test']) {
      expect(findOptionProblems({ [name]: word })).toEqual([expect.stringMatching(`^${name}: `)])
    }
  })
})

describe('options that do not go together', () => {
  it('a name belongs to a target of the user’s own', () => {
    expect(findOptionProblems({ targetName: 'shop', externalOrigin: 'http://127.0.0.1' })).toEqual([])
    expect(findOptionProblems({ targetName: 'shop' })).toEqual([
      'targetName: expected externalOrigin beside targetName: the bundled server needs no name',
    ])
  })

  it.each([
    ['arrivalRate', 5],
    ['concurrency', 5],
    ['thinkTimeMs', 5],
    ['iterations', 5],
  ])('stages and %s', (name, value) => {
    const stages = [{ durationMs: 1_000, arrivalRate: 5 }]
    expect(findOptionProblems({ [name]: value })).toEqual([])
    expect(findOptionProblems({ stages, [name]: value })).toEqual([
      `stages: stages and ${name} both say how iterations are started; give one of them`,
    ])
  })
})
