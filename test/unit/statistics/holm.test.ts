import { expect, test } from 'vitest'
import { bonferroniLevel, holmAdjusted, holmLevels } from '../../../src/statistics/holm.ts'
import { r } from './vectors.ts'

test.each(r.holm)("adjusted p-values of $pValues are those of R's p.adjust", ({ pValues, adjusted }) => {
  for (const [i, p] of holmAdjusted(pValues).entries()) expect(p).toBeCloseTo(adjusted[i] as number, 12)
})

test.each([
  { pValues: [], levels: [] },
  { pValues: [0.9], levels: [0.06] },
  { pValues: [0.9, 0.9, 0.9], levels: [0.02, 0.02, 0.02] },
  { pValues: [0.5, 0.001, 0.031], levels: [0.03, 0.02, 0.03] },
  { pValues: [0.05, 0.001, 0.02], levels: [0.06, 0.02, 0.03] },
])('the levels of $pValues under 0.06 are $levels', ({ pValues, levels }) => {
  expect(holmLevels(pValues, 0.06)).toEqual(levels)
})

test('Holm rejects at these levels what its adjusted p-values reject', () => {
  for (const { pValues } of r.holm) {
    const levels = holmLevels(pValues, 0.05)
    const byLevel = pValues.map((p, i) => p <= (levels[i] as number))
    expect(byLevel).toEqual(holmAdjusted(pValues).map((p) => p <= 0.05))
  }
})

test('simultaneous intervals share alpha equally', () => {
  expect(bonferroniLevel(4, 0.05)).toBe(0.0125)
})
