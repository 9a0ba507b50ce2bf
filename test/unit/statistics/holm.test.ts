import { expect, test } from 'vitest'
import { holmLevels } from '../../../src/statistics/holm.ts'
import { r } from './vectors.ts'

test.each([
  { pValues: [], levels: [] },
  { pValues: [0.9], levels: [0.06] },
  { pValues: [0.9, 0.9, 0.9], levels: [0.02, 0.02, 0.02] },
  { pValues: [0.5, 0.001, 0.031], levels: [0.03, 0.02, 0.03] },
  { pValues: [0.02, 0.9, 0.9], levels: [0.02, 0.03, 0.03] },
  { pValues: [0.05, 0.001, 0.02], levels: [0.06, 0.02, 0.03] },
])('the levels of $pValues under 0.06 are $levels', ({ pValues, levels }) => {
  expect(holmLevels(pValues, 0.06)).toEqual(levels)
})

const alphas = [0.0011, 0.0041, 0.011, 0.021, 0.041, 0.051, 0.071, 0.11, 0.41, 0.61, 0.81]

test.each(r.holm.flatMap((vector) => alphas.map((alpha) => ({ ...vector, alpha }))))(
  "of $pValues it rejects at $alpha what R's p.adjust rejects",
  ({ pValues, adjusted, alpha }) => {
    const levels = holmLevels(pValues, alpha)
    expect(pValues.map((p, i) => p <= (levels[i] as number))).toEqual(adjusted.map((p) => p <= alpha))
  },
)
