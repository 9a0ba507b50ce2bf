import { readFileSync } from 'node:fs'

interface Differences {
  differences: number[]
  statistic: number
  pValue: number
}

interface Groups {
  x: number[]
  y: number[]
  pValue: number
}

interface ScipyVectors {
  signedRank: Differences[]
  signedRankWithTies: Differences[]
  signedRankIntervals: {
    differences: number[]
    confidence: number
    interval: [number, number] | null
    pseudoMedian: number
  }[]
  rankSum: (Groups & { statistic: number; shift: number })[]
  rankSumWithTies: (Groups & { statistic: number })[]
  trend: { values: number[]; pValue: number; slopePerStep: number }[]
  bootstrap: { values: number[]; confidence: number; percentile: [number, number]; bca: [number, number] }[]
  normal: { cdf: [number, number][]; quantile: [number, number][] }
  binomial: { times: number; trials: number; chance: number; pValue: number }[]
  student: { t: number; degrees: number; central: number }[]
  quantiles: { values: number[]; quantiles: [number, number][] }
}

interface RVectors {
  oneSample: {
    differences: number[]
    confidence: number
    pValue: number
    pseudoMedian: number
    interval: [number, number] | null
  }[]
  twoSample: (Groups & { confidence: number; shift: number; interval: [number, number] })[]
  signedRankTables: { n: number; density: number[] }[]
  trends: { values: number[]; exact: boolean; pValue: number }[]
  holm: { pValues: number[]; adjusted: number[] }[]
}

const read = (name: string) => JSON.parse(readFileSync(new URL(`../../vectors/${name}`, import.meta.url), 'utf8'))

/** What scipy computed; made by test/vectors/statistics-scipy.py. */
export const scipy: ScipyVectors = read('statistics-scipy.json')

/** What R computed; made by test/vectors/statistics-r.R. */
export const r: RVectors = read('statistics-r.json')

/** Within 1e-9 of the expected value, absolutely and relatively, as far as doubles go. */
export function isWithin(actual: number, expected: number, tolerance = 1e-9): boolean {
  return Math.abs(actual - expected) <= tolerance * Math.min(1, Math.abs(expected)) + 1e-15
}
