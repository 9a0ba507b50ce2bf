import { describe, expect, it } from 'vitest'
import { makeBaseline } from '../../../src/check/baseline-model.ts'
import { findDamage, findDamagedArms } from '../../../src/document/find-damage.ts'
import type { ComparisonResult, Results } from '../../../src/document/model.ts'
import type { ContrastResult } from '../../../src/judge/judge-comparison.ts'
import { Histogram } from '../../../src/sample/histogram.ts'
import { checkHistogram } from '../../../src/store/check-histogram.ts'
import { documents, empty, manifold } from '../report/documents.ts'
import { sketches } from '../report/sketches.ts'

/** A whole document with a change to its first comparison. */
function spoil(results: Results, change: (comparison: ComparisonResult) => void): string[] {
  const spoilt = structuredClone(results)
  change(spoilt.scenarios[0]?.comparisons[0] as ComparisonResult)
  return findDamage(spoilt, checkHistogram)
}

const notOne = /: expected an HdrHistogram, V2 compressed, base64 \(/

describe('findDamage', () => {
  it.each(Object.entries({ ...documents, ...sketches, manifold, empty }))(
    'finds none where there is none: %s',
    (_, results) => {
      expect(findDamage(results, checkHistogram)).toEqual([])
    },
  )

  it.each<[string, keyof typeof sketches, (comparison: ComparisonResult) => void]>([
    ['blocks.3.service', 'same', ({ blocks }) => void Object.assign(blocks[3] ?? {}, { service: 'AAAA' })],
    ['blocks.0.failedService', 'same', ({ blocks }) => void Object.assign(blocks[0] ?? {}, { failedService: '' })],
    [
      'blocks.1.openLoop.response',
      'open-loop',
      ({ blocks }) => void Object.assign(blocks[1]?.openLoop ?? {}, { response: 'x' }),
    ],
    [
      'blocks.1.stages.1.service',
      'stages',
      ({ blocks }) => void Object.assign(blocks[1]?.stages?.[1] ?? {}, { service: 'x' }),
    ],
    [
      'arms.1.latency.encoded',
      'same',
      ({ arms }) => void Object.assign(arms[1]?.latency ?? {}, { encoded: 'HISTFAAAA' }),
    ],
    [
      'arms.0.openLoop.dispatchDelay.encoded',
      'open-loop',
      ({ arms }) => void Object.assign(arms[0]?.openLoop?.dispatchDelay ?? {}, { encoded: '' }),
    ],
    [
      'arms.0.stages.0.response.encoded',
      'stages',
      ({ arms }) => void Object.assign(arms[0]?.stages?.[0]?.response ?? {}, { encoded: '' }),
    ],
  ])('names a histogram that is none: %s', (path, name, change) => {
    expect(spoil(sketches[name], change)).toEqual([expect.stringMatching(notOne)])
    expect(spoil(sketches[name], change)[0]).toContain(`scenarios.0.comparisons.0.${path}: `)
  })

  it('names a histogram whose values are beyond what its unit reaches', () => {
    const picoseconds = new Histogram('ps')
    picoseconds.record(500_000)
    const service = picoseconds.encode()
    const [problem] = spoil(sketches.same, ({ blocks }) => void Object.assign(blocks[0] ?? {}, { service }))
    expect(problem).toMatch(notOne)
    const unit = { histogramUnit: 'ps', service }
    expect(spoil(sketches.same, ({ blocks }) => void Object.assign(blocks[0] ?? {}, unit))).toEqual([])
  })

  it('names a verdict that has nothing to rest on, and stages that nobody planned', () => {
    const bare = ({ contrasts }: ComparisonResult) => {
      delete (contrasts[0] as ContrastResult).primary.interval
    }
    expect(spoil(sketches.faster, bare)[0]).toBe(
      'scenarios.0.comparisons.0.contrasts.0.primary: a verdict without its interval',
    )
    expect(
      spoil(sketches.undecided, ({ contrasts }) => void delete (contrasts[0] as ContrastResult).primary.interval),
    ).toEqual([])
    const cut = ({ arms }: ComparisonResult) => void Object.assign(arms[1] ?? {}, { stages: arms[1]?.stages?.slice(1) })
    expect(spoil(sketches.stages, cut)).toEqual([
      'scenarios.0.comparisons.0.arms.1.stages: expected the 2 stages of the workload, got 1',
    ])
  })
})

it('findDamagedArms names the histograms of a baseline that are none', () => {
  const baseline = makeBaseline(sketches.same)
  expect(findDamagedArms(baseline, checkHistogram)).toEqual([])
  Object.assign(baseline.scenarios[0]?.comparisons[0]?.arms[1]?.latency ?? {}, { encoded: 'AAAA' })
  expect(findDamagedArms(baseline, checkHistogram)).toEqual([
    expect.stringMatching(/^scenarios.0.comparisons.0.arms.1.latency.encoded: expected an HdrHistogram/),
  ])
})
