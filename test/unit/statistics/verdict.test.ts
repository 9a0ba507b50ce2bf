import { expect, test } from 'vitest'
import { estimateMoreUnits } from '../../../src/statistics/more-units.ts'
import { judge } from '../../../src/statistics/verdict.ts'

const margin = 0.03

test.each([
  { interval: [0.01, 0.09], shift: 0.05, verdict: 'slower' },
  { interval: [0.01, 0.05], shift: 0.03, verdict: 'slower' },
  { interval: [0, 0.09], shift: 0.05, verdict: 'inconclusive' },
  { interval: [-0.09, -0.01], shift: -0.05, verdict: 'faster' },
  { interval: [-0.05, -0.01], shift: -0.03, verdict: 'faster' },
  { interval: [-0.09, 0], shift: -0.05, verdict: 'inconclusive' },
  { interval: [-0.02, 0.02], shift: 0, verdict: 'same' },
  { interval: [0.01, 0.02], shift: 0.015, verdict: 'same' },
  { interval: [-0.02, -0.01], shift: -0.015, verdict: 'same' },
  { interval: [0.01, 0.03], shift: 0.02, verdict: 'inconclusive' },
  { interval: [-0.03, -0.01], shift: -0.02, verdict: 'inconclusive' },
  { interval: [0.01, 0.05], shift: 0.02, verdict: 'inconclusive' },
  { interval: [-0.05, 0.05], shift: 0, verdict: 'inconclusive' },
] as const)('interval $interval, shift $shift: $verdict', ({ interval, shift, verdict }) => {
  const [low, high] = interval
  expect(judge({ interval: { low, high }, shift, margin })).toBe(verdict)
})

test('no interval, no verdict', () => {
  expect(judge({ interval: undefined, shift: 5, margin })).toBe('inconclusive')
})

test.each([
  { why: 'too few for an interval', units: 5, shift: 1, interval: undefined, more: 3 },
  { why: 'half-width twice the shift: four times the units', units: 8, shift: 0.05, interval: [-0.05, 0.15], more: 24 },
  { why: 'half-width must fall from 5.5 % to 3 − 1 %', units: 8, shift: 0.01, interval: [-0.045, 0.065], more: 53 },
  {
    why: 'right at the margin of a certain difference',
    units: 8,
    shift: 0.02999,
    interval: [0.01, 0.05],
    more: undefined,
  },
  { why: 'the shift is the margin', units: 8, shift: 0.03, interval: [-0.03, 0.09], more: 24 },
  { why: 'as many as are ever named', units: 100, shift: 0.05, interval: [-0.45, 0.55], more: 9_900 },
  { why: 'one more than are ever named', units: 101, shift: 0.05, interval: [-0.45, 0.55], more: undefined },
  {
    why: 'a skew interval that half-width alone calls enough',
    units: 16,
    shift: 0.05,
    interval: [-0.01, 0.07],
    more: 1,
  },
])('more units when $why: $more', ({ units, shift, interval, more }) => {
  const range = interval && { low: interval[0] as number, high: interval[1] as number }
  expect(estimateMoreUnits({ units, minimum: 8, shift, interval: range, margin })).toBe(more)
})
