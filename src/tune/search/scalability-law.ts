import * as z from 'zod'
import { makeRandom, type Random } from '../../plan/random.ts'
import { at } from '../../session/at.ts'
import { mean, quantileOfSorted } from '../../statistics/quantile.ts'
import { sumOf } from '../../statistics/sum-of.ts'

/** Throughput of every round at one size (connections, concurrency). Where all have as many, round r of each ran side by side. */
interface SizeThroughputs {
  readonly size: number
  readonly perSecond: readonly number[]
}

const number = z.number()

/** X(N) = λN / (1 + σ(N − 1) + κN(N − 1)): λ per second at N = 1, contention σ, crosstalk κ. */
const scalabilityLawSchema = z.strictObject({ lambda: number, sigma: number, kappa: number })
export type ScalabilityLaw = Readonly<z.infer<typeof scalabilityLawSchema>>

/** The law with the size N* at which throughput peaks, and that peak's 95 % interval where the data tell it. */
export const scalabilityFitSchema = scalabilityLawSchema.extend({
  peak: z.discriminatedUnion('state', [
    z.strictObject({ state: z.literal('identified'), size: number, low: number, high: number }),
    z.strictObject({ state: z.literal('not identified'), reason: z.string() }),
  ]),
})
type ScalabilityFit = z.infer<typeof scalabilityFitSchema>

const draws = 500
const leastSizes = 4
/** Rounds of every size, and of the one with the most, below which resampling them says nothing of the spread. */
const leastRounds = { each: 3, most: 6 }
const confidence = 0.95
/** A law that misses a size by more than this, and than what its rounds' noise explains, is not the law of this target. */
const mostMisfit = { share: 0.05, standardErrors: 4 }
/** Less is no fall that would matter to anybody. */
const leastFall = 0.03

/**
 * Fits Gunther's Universal Scalability Law (Guerrilla Capacity Planning 2007, ch. 4–6). N/X is linear in 1/λ, σ/λ and κ/λ:
 * least squares weighted by X², so that relative errors count, with σ and κ held at zero or above. The interval of
 * N* = √((1 − σ)/κ) is a percentile bootstrap over rounds. Undefined with fewer than four sizes or without rounds.
 */
export function fitScalabilityLaw(sizes: readonly SizeThroughputs[], seed: number): ScalabilityFit | undefined {
  const counts = sizes.map(({ perSecond }) => perSecond.length)
  if (new Set(sizes.map(({ size }) => size)).size < leastSizes || !(Math.min(...counts) > 0)) return undefined
  const law = fitSizes(sizes)
  if (law === undefined) return undefined
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)]
  if (fewest < leastRounds.each || most < leastRounds.most) {
    const reason = `${fewest} to ${most} rounds of a size are too few for an interval`
    return { ...law, peak: { state: 'not identified', reason } }
  }
  return { ...law, peak: findPeak(sizes, law, seed) }
}

/** What the law says for a size. */
export function predictThroughput({ lambda, sigma, kappa }: ScalabilityLaw, size: number): number {
  return (lambda * size) / (1 + sigma * (size - 1) + kappa * size * (size - 1))
}

function findPeak(sizes: readonly SizeThroughputs[], law: ScalabilityLaw, seed: number): ScalabilityFit['peak'] {
  const random = makeRandom(seed)
  const drawn = Array.from({ length: draws }, () => {
    const fitted = fitSizes(resample(sizes, random))
    return fitted === undefined ? Number.POSITIVE_INFINITY : peakOf(fitted)
  }).sort((a, b) => a - b)
  const high = quantileOfSorted(drawn, (1 + confidence) / 2)
  const largest = Math.max(...sizes.map(({ size }) => size))
  const misfit = findMisfit(sizes, law)
  if (misfit !== undefined) return { state: 'not identified', reason: misfit }
  // Beyond the sizes that were tried the law is only a guess: throughput never fell there.
  if (!(high < largest) || fallOf(sizes) < leastFall) {
    const reason = `throughput does not clearly fall at any size up to ${largest}, so that κ cannot be told from 0`
    return { state: 'not identified', reason }
  }
  return { state: 'identified', size: peakOf(law), low: quantileOfSorted(drawn, (1 - confidence) / 2), high }
}

/** A number of workers makes a corner in the curve, which the law has none of: its peak would be one of the fit. */
function findMisfit(sizes: readonly SizeThroughputs[], law: ScalabilityLaw): string | undefined {
  const misses = sizes.map(({ size, perSecond }) => {
    const [measured, said] = [mean(perSecond), predictThroughput(law, size)]
    const variance = mean(perSecond.map((value) => (value - measured) ** 2))
    const error = Math.sqrt(variance / perSecond.length) / measured
    const share = Math.abs(said / measured - 1)
    return { size, share, isReal: share > Math.max(mostMisfit.share, mostMisfit.standardErrors * error) }
  })
  const [worst] = misses.filter(({ isReal }) => isReal).sort((a, b) => b.share - a.share)
  if (worst === undefined) return undefined
  return `the law does not fit this curve, it is ${Math.round(worst.share * 100)} % off at ${worst.size}`
}

/** By how much the largest size carries less than the best, as a share. */
function fallOf(sizes: readonly SizeThroughputs[]): number {
  const means = sizes.toSorted((a, b) => a.size - b.size).map(({ perSecond }) => mean(perSecond))
  return 1 - at(means, -1) / Math.max(...means)
}

function peakOf({ sigma, kappa }: ScalabilityLaw): number {
  return kappa === 0 ? Number.POSITIVE_INFINITY : Math.max(1, Math.sqrt(Math.max(0, 1 - sigma) / kappa))
}

/** Whole rounds where all sizes ran in all of them; where some were given up early, each size's own. */
function resample(sizes: readonly SizeThroughputs[], random: Random): SizeThroughputs[] {
  const first = at(sizes, 0)
  const draw = (count: number) => Array.from({ length: count }, () => Math.floor(random() * count))
  const shared = sizes.every(({ perSecond }) => perSecond.length === first.perSecond.length)
    ? draw(first.perSecond.length)
    : undefined
  return sizes.map(({ size, perSecond }) => {
    return { size, perSecond: (shared ?? draw(perSecond.length)).map((round) => at(perSecond, round)) }
  })
}

function fitSizes(sizes: readonly SizeThroughputs[]): ScalabilityLaw | undefined {
  const points = sizes.map(({ size, perSecond }) => ({ size, throughput: mean(perSecond) }))
  if (points.some(({ throughput }) => !(throughput > 0))) return undefined
  const all = fitTerms(points, { useSigma: true, useKappa: true })
  if (all !== undefined && isLaw(all)) return all
  // At least one of the terms is best at zero.
  const reduced = [
    { useSigma: true, useKappa: false },
    { useSigma: false, useKappa: true },
    { useSigma: false, useKappa: false },
  ].flatMap((terms) => fitTerms(points, terms) ?? [])
  const [best] = reduced.filter(isLaw).sort((one, other) => misfitOf(one, points) - misfitOf(other, points))
  return best
}

function isLaw({ lambda, sigma, kappa }: ScalabilityLaw): boolean {
  return lambda > 0 && sigma >= 0 && kappa >= 0
}

/** What least squares make as small as they can: relative errors of N/X. */
function misfitOf(law: ScalabilityLaw, points: readonly Point[]): number {
  return sumOf(points, ({ size, throughput }) => (throughput / predictThroughput(law, size) - 1) ** 2)
}

interface Point {
  readonly size: number
  readonly throughput: number
}

/** Weighted linear least squares of N/X on 1, N − 1 and N(N − 1). */
function fitTerms(
  points: readonly Point[],
  { useSigma, useKappa }: { readonly useSigma: boolean; readonly useKappa: boolean },
): ScalabilityLaw | undefined {
  const rowOf = ({ size }: Point) => [1, ...(useSigma ? [size - 1] : []), ...(useKappa ? [size * (size - 1)] : [])]
  const rows = points.map((point) => {
    // A relative error of X is one of N/X: weighting by its inverse makes all sizes count alike.
    const weight = point.throughput / point.size
    return { row: rowOf(point).map((value) => value * weight), value: 1 }
  })
  const solution = solveNormalEquations(rows)
  if (solution === undefined) return undefined
  const inverseLambda = at(solution, 0)
  const sigmaOverLambda = useSigma ? at(solution, 1) : 0
  const kappaOverLambda = useKappa ? at(solution, -1) : 0
  return {
    lambda: 1 / inverseLambda,
    sigma: sigmaOverLambda / inverseLambda,
    kappa: kappaOverLambda / inverseLambda,
  }
}

/** Below this share of its diagonal what is left of it is rounding. */
const singularShare = 1e-12

/** Gauss-Jordan elimination of XᵀX·b = Xᵀy, which is positive definite: it needs no pivoting. Undefined when it is singular. */
function solveNormalEquations(rows: readonly { row: readonly number[]; value: number }[]): number[] | undefined {
  const width = rows[0]?.row.length ?? 0
  const matrix = Array.from({ length: width }, (_, i) => [
    ...Array.from({ length: width }, (_, j) => sumOf(rows, ({ row }) => at(row, i) * at(row, j))),
    sumOf(rows, ({ row, value }) => at(row, i) * value),
  ])
  const diagonal = matrix.map((row, i) => at(row, i))
  for (const [column, pivotRow] of matrix.entries()) {
    if (at(pivotRow, column) < singularShare * at(diagonal, column)) return undefined
    for (const row of matrix) if (row !== pivotRow) eliminate(row, pivotRow, column)
  }
  return matrix.map((row, i) => at(row, width) / at(row, i))
}

function eliminate(row: number[], pivotRow: readonly number[], column: number): void {
  const factor = at(row, column) / at(pivotRow, column)
  for (const [j, value] of pivotRow.entries()) row[j] = at(row, j) - factor * value
}
