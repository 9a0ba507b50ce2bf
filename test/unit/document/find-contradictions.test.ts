import { describe, expect, it } from 'vitest'
import { type Baseline, makeBaseline } from '../../../src/check/baseline-model.ts'
import {
  findBaselineContradictions,
  findCalibrationContradictions,
  findContradictions,
} from '../../../src/document/find-contradictions.ts'
import { type ComparisonResult, type Results, resultsSchema } from '../../../src/document/model.ts'
import { run } from '../check/make-run.ts'
import { calibration } from '../report/calibration-document.ts'
import { documents, empty, manifold } from '../report/documents.ts'
import { sketches } from '../report/sketches.ts'

const whole: Readonly<Record<string, Results>> = { ...documents, ...sketches, manifold, empty, process: run() }

const firstOf = ({ scenarios }: Pick<Results, 'scenarios'>) => scenarios[0]?.comparisons[0] as ComparisonResult

/** A whole document with a change to its first comparison. */
function spoil(change: (comparison: ComparisonResult) => void, results: Results = documents.held): string[] {
  const spoilt = structuredClone(results)
  change(firstOf(spoilt))
  return findContradictions(spoilt).map((problem) => problem.replace('scenarios.0.comparisons.0.', ''))
}

describe('findContradictions', () => {
  it.each(Object.entries(whole))('finds none in what the program writes: %s', (_, results) => {
    expect(findContradictions(results)).toEqual([])
    expect(findBaselineContradictions(makeBaseline(results))).toEqual([])
  })

  it.each<[string, (comparison: ComparisonResult) => void]>([
    ["baselineArm: expected one of 'a', 'b', got 'c'", (one) => void Object.assign(one, { baselineArm: 'c' })],
    [
      "contrasts.0.arm: expected one of 'a', 'b', got 'c'",
      ({ contrasts }) => void Object.assign(contrasts[0] ?? {}, { arm: 'c' }),
    ],
    [
      "contrasts.0.baseline: expected one of 'a', 'b', got ''",
      ({ contrasts }) => void Object.assign(contrasts[0] ?? {}, { baseline: '' }),
    ],
    [
      "contrasts.0.baseline: expected another arm than 'b'",
      ({ contrasts }) => void Object.assign(contrasts[0] ?? {}, { baseline: 'b' }),
    ],
    [
      'contrasts.1: expected another one, got contrasts.0 again',
      ({ contrasts }) => void contrasts.push(...structuredClone(contrasts)),
    ],
    [
      "thresholds.0.arm: expected one of 'a', 'b', got '__proto__'",
      ({ thresholds }) => void Object.assign(thresholds[0] ?? {}, { arm: '__proto__' }),
    ],
    [
      'arms.1.blocks: expected 16, as many as there are, got 15',
      ({ arms }) => void Object.assign(arms[1] ?? {}, { blocks: 15 }),
    ],
    ['rounds: expected 8, as many as are complete, got 9', (one) => void Object.assign(one, { rounds: 9 })],
    [
      'ledger.blocksChecked: expected at most the 32 that there are, got 33',
      (one) => void Object.assign(one.ledger ?? {}, { blocksChecked: 33 }),
    ],
    [
      'ledger.blocksAgreeing: expected at most the 1 that were checked, got 2',
      (one) => void Object.assign(one, { ledger: { blocksChecked: 1, blocksAgreeing: 2 } }),
    ],
  ])('says what was expected and what came: %s', (problem, change) => {
    expect(spoil(change)).toContain(problem)
  })

  it('names arms that are not told apart, blocks of none of them, and a comparison without arms', () => {
    expect(spoil(({ arms }) => void Object.assign(arms[1] ?? {}, { id: 'a' }))).toContain(
      'arms.1: expected another one, got arms.0 again',
    )
    expect(spoil(({ blocks }) => void Object.assign(blocks[3] ?? {}, { arm: 'z' }))).toContain(
      "blocks.3.arm: expected one of 'a', 'b', got 'z'",
    )
    expect(spoil((one) => void Object.assign(one, { arms: [] }))).toContain('arms: expected at least one arm, got none')
  })

  it('names a comparison that comes twice, and rows of the model that are of none', () => {
    const twice = structuredClone(documents.held)
    twice.scenarios[0]?.comparisons.push(firstOf(documents.held))
    expect(findContradictions(twice)).toEqual([
      'scenarios.0.comparisons.1: expected another one, got comparisons.0 again',
    ])
    const astray = structuredClone(sketches.model)
    Object.assign(astray.scenarios[0]?.roundTripModel[0] ?? {}, { comparison: 'nowhere' })
    expect(findContradictions(astray)).toEqual([
      expect.stringMatching(/^scenarios\.0\.roundTripModel\.0\.comparison: expected one of .*, got 'nowhere'$/),
    ])
  })

  it('shows no more of a name than fits', () => {
    const [problem = ''] = spoil((one) => void Object.assign(one, { baselineArm: 'x'.repeat(1e6) }))
    expect(problem.length).toBeLessThan(200)
  })
})

it('findBaselineContradictions finds what a baseline can say of itself', () => {
  const spoilt = structuredClone(makeBaseline(documents.held)) as Baseline
  const [comparison] = spoilt.scenarios[0]?.comparisons ?? []
  Object.assign(comparison?.blocks[0] ?? {}, { arm: 'z' })
  Object.assign(comparison?.arms[1] ?? {}, { id: 'a' })
  const problems = findBaselineContradictions(spoilt)
  expect(problems).toContain("scenarios.0.comparisons.0.blocks.0.arm: expected one of 'a', 'a', got 'z'")
  expect(problems).toContain('scenarios.0.comparisons.0.arms.1: expected another one, got arms.0 again')
})

it('findCalibrationContradictions finds what is said twice', () => {
  expect(findCalibrationContradictions(calibration)).toEqual([])
  const [floor] = calibration.noise
  const metrics = [...(floor?.metrics ?? []), ...(floor?.metrics ?? [])]
  expect(
    findCalibrationContradictions({ ...calibration, noise: [...calibration.noise, ...calibration.noise] }),
  ).toEqual(['noise.1: expected another one, got noise.0 again'])
  expect(
    findCalibrationContradictions({ ...calibration, noise: calibration.noise.map((each) => ({ ...each, metrics })) }),
  ).toEqual(['noise.0.metrics.1: expected another one, got metrics.0 again'])
})

it('resultsSchema refuses a time that nothing takes, and says which came', () => {
  const problemOf = (elapsedMs: number) => resultsSchema.safeParse({ ...documents.held, elapsedMs }).error?.issues
  for (const elapsedMs of [1e308, -1]) {
    expect(problemOf(elapsedMs)).toMatchObject([
      { path: ['elapsedMs'], message: `expected from 0 to 31622400000 ms (a year), got ${elapsedMs}` },
    ])
  }
  expect(problemOf(0)).toBeUndefined()
})
