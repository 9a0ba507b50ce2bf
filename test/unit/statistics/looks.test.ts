import { expect, test } from 'vitest'
import { judgeEnough } from '../../../src/statistics/enough.ts'
import { alphaAt, makeLookPlan, nextLook } from '../../../src/statistics/looks.ts'
import type { Verdict } from '../../../src/statistics/verdict.ts'

const plan = makeLookPlan({ unit: 'quad', plannedGenerations: 1 })

test('quads are looked at four times, generations once', () => {
  expect(plan).toEqual({ looks: [8, 16, 32, 64], alpha: 0.05 })
  expect(makeLookPlan({ unit: 'generation', plannedGenerations: 8, alpha: 0.01 })).toEqual({ looks: [8], alpha: 0.01 })
})

test.each([
  { mostQuads: 1, looks: [8] },
  { mostQuads: 15, looks: [8] },
  { mostQuads: 20, looks: [8, 16] },
  { mostQuads: 256, looks: [8, 16, 32, 64, 128, 256] },
])('at most $mostQuads quads are looked at after $looks', ({ mostQuads, looks }) => {
  expect(makeLookPlan({ unit: 'quad', plannedGenerations: 1, mostQuads }).looks).toEqual(looks)
})

test.each([
  { units: 0, look: 8 },
  { units: 8, look: 16 },
  { units: 63, look: 64 },
  { units: 64, look: undefined },
])('after $units units comes look $look', ({ units, look }) => {
  expect(nextLook(plan, units)).toBe(look)
})

test.each([
  { units: 8, moment: 'look', shares: 1 },
  { units: 64, moment: 'look', shares: 1 },
  { units: 7, moment: 'end', shares: 4 },
  { units: 8, moment: 'end', shares: 4 },
  { units: 12, moment: 'end', shares: 3 },
  { units: 33, moment: 'end', shares: 1 },
  { units: 64, moment: 'end', shares: 1 },
  { units: 90, moment: 'end', shares: 1 },
] as const)('the $moment at $units units spends $shares quarters of alpha', ({ units, moment, shares }) => {
  expect(alphaAt(plan, units, moment)).toBeCloseTo((shares * 0.05) / 4, 12)
})

const inconclusive: Verdict[] = ['same', 'inconclusive']
const decided: Verdict[] = ['same', 'slower', 'invalid']

test.each([
  { units: 0, verdicts: [], remainingMs: 60_000, enough: { state: 'measure', untilUnits: 8, nextLook: 8 } },
  { units: 5, verdicts: [], remainingMs: 900, enough: { state: 'budget ended' } },
  { units: 8, verdicts: inconclusive, remainingMs: 60_000, enough: { state: 'measure', untilUnits: 16, nextLook: 16 } },
  { units: 8, verdicts: inconclusive, remainingMs: 3_500, enough: { state: 'measure', untilUnits: 11, nextLook: 16 } },
  { units: 8, verdicts: inconclusive, remainingMs: 1_000, enough: { state: 'measure', untilUnits: 9, nextLook: 16 } },
  { units: 8, verdicts: inconclusive, remainingMs: 999, enough: { state: 'budget ended' } },
  { units: 8, verdicts: inconclusive, remainingMs: 0, enough: { state: 'budget ended' } },
  { units: 8, verdicts: decided, remainingMs: 60_000, enough: { state: 'decided' } },
  { units: 8, verdicts: decided, remainingMs: 0, enough: { state: 'decided' } },
  { units: 64, verdicts: inconclusive, remainingMs: 60_000, enough: { state: 'last look taken' } },
])('$units units, $verdicts, $remainingMs ms left: $enough.state', ({ units, verdicts, remainingMs, enough }) => {
  expect(judgeEnough({ plan, units, verdicts, remainingMs, unitMs: 1_000 })).toEqual(enough)
})

test('before any unit has shown how long one takes, measuring goes on to the first look', () => {
  const start = judgeEnough({ plan, units: 0, verdicts: [], remainingMs: 60_000, unitMs: 0 })
  expect(start).toEqual({ state: 'measure', untilUnits: 8, nextLook: 8 })
  const late = judgeEnough({ plan, units: 0, verdicts: [], remainingMs: 0, unitMs: 0 })
  expect(late).toEqual({ state: 'budget ended' })
})
