import { build, type JsHistogram } from 'hdr-histogram-js'
import { expect, test } from 'vitest'
import { makeRandom } from '../../../src/plan/random.ts'
import type { CountedValues } from '../../../src/sample/histogram.ts'
import { makeMergedQuantile } from '../../../src/statistics/merged-quantile.ts'

test('quantiles of merged histograms are those of the values written out, units counting as often as they are drawn', () => {
  const units: CountedValues[] = [
    [
      [10, 3],
      [20, 1],
    ],
    [
      [30, 1],
      [10, 1],
    ],
  ]
  const read = (fraction: number, indices: number[]) => makeMergedQuantile(units, fraction)(indices)
  expect([0, 0.5, 0.75, 1].map((fraction) => read(fraction, [0]))).toEqual([10, 10, 10, 20])
  expect([0.66, 0.67, 0.84].map((fraction) => read(fraction, [0, 1]))).toEqual([10, 20, 30])
  expect(read(0.5, [1, 1, 1])).toBe(10)
  expect(read(0.51, [1, 1, 1])).toBe(30)
  expect(read(0.5, [])).toBeNaN()
})

function countValues(histogram: JsHistogram): CountedValues {
  const counted: [number, number][] = []
  const recorded = histogram.recordedValuesIterator
  recorded.reset()
  while (recorded.hasNext()) {
    const { valueIteratedTo, countAddedInThisIterationStep } = recorded.next()
    counted.push([valueIteratedTo, countAddedInThisIterationStep])
  }
  return counted
}

test('reads merged histograms as HDR histograms do', () => {
  const random = makeRandom(11)
  const histograms = [120, 900, 77].map((count) => {
    const histogram = build() as JsHistogram
    for (let i = 0; i < count; i++) histogram.recordValue(Math.round(100 / (1.001 - random())))
    return histogram
  })
  const drawn = [2, 0, 0, 1]
  const merged = build()
  for (const index of drawn) merged.add(histograms[index] as JsHistogram)
  for (const percent of [0.1, 10, 50, 90, 99, 99.9, 100]) {
    const quantileOf = makeMergedQuantile(histograms.map(countValues), percent / 100)
    expect(quantileOf(drawn), `p${percent}`).toBe(merged.getValueAtPercentile(percent))
  }
})
