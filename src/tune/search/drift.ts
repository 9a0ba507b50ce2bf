import * as z from 'zod'
import type { Course } from '../../sample/open-loop.ts'
import { at } from '../../session/at.ts'
import { mean } from '../../statistics/quantile.ts'
import { studentQuantile } from '../../statistics/student-t.ts'
import { sumOf } from '../../statistics/sum-of.ts'

/** A figure per second, and the limits of its 95 % interval. */
export const estimateSchema = z.strictObject({ perSecond: z.number(), low: z.number(), high: z.number() })
export type Estimate = Readonly<z.infer<typeof estimateSchema>>

/** A count per second, with all that is needed to take several of one thing together. */
export interface CountedEstimate extends Estimate {
  readonly seconds: number
  /** Of what is counted in a second, about the mean of its own block. */
  readonly variance: number
  readonly degrees: number
}

/** How fast what is under way grows at a rate: arrivals − ends, per second. */
export interface Drift extends Estimate {
  /** The upper limit that says whether a rate is held: the lower of those that hold for a queue at rest. */
  readonly atMost: number
  /** What was looked at, lead-ins left out. */
  readonly seconds: number
  /** Successes per second while every place was in use; undefined when they hardly were. */
  readonly capacity: CountedEstimate | undefined
}

/** Fewer steps have no spread to speak of. */
const leastSteps = 8
/** A count is exact, its ends may each be one off; a growth of two requests is none. */
const countError = { held: 1, failed: 2 }
/** Of its places a setting uses so many on average when a rate is near to what it carries, unless it has far too many. */
const leastUse = 0.8
/** All that can be under way is: some turnaround between two requests is no idleness. */
const fullUse = 0.97
/** Two-sided; 1.96 for many degrees of freedom. */
const confidence = 0.95

/** Reads the drift from all blocks of one rate; undefined when they are too short to tell anything. */
export function readDrift(courses: readonly Course[]): Drift | undefined {
  const blocks = courses.filter(({ arrived }) => arrived.length >= 2)
  const steps = sumOf(blocks, ({ arrived }) => arrived.length)
  const seconds = sumOf(blocks, ({ arrived, stepMs }) => arrived.length * stepMs) / 1_000
  if (steps < leastSteps) return undefined
  const growths = blocks.map(growthsOf)
  const perSecond = sumOf(growths, total) / seconds
  const half = Math.max(limitOfSum(growths), countError.failed) / seconds
  const atRest = perSecond + Math.max(restError(growths), countError.held) / seconds
  return {
    perSecond,
    low: perSecond - half,
    high: perSecond + half,
    atMost: Math.min(perSecond + half, atRest, driftAtFullUse(blocks, seconds) ?? Number.POSITIVE_INFINITY),
    seconds,
    capacity: readCapacity(blocks),
  }
}

/** By how much more is under way after each step. */
function growthsOf({ arrived, succeeded, failed }: Course): number[] {
  return arrived.map((count, step) => count - at(succeeded, step) - at(failed, step))
}

/**
 * Half of the batch-means interval of a sum over all steps: each block's steps spread about their own mean. While a queue
 * only grows or only the service varies, what is added in one step says nothing of the next.
 */
function limitOfSum(blocks: readonly (readonly number[])[]): number {
  const variance = sumOf(blocks, (values) => values.length * varianceOf(values))
  const degrees = sumOf(blocks, ({ length }) => length - 1)
  return quantileFor(degrees) * Math.sqrt(variance)
}

/**
 * A queue at rest goes up and down and ends where it began, but for how far it strays: √2 standard deviations of its length.
 * Steps that undo each other make the interval from batch means too wide for it. A queue that grows strays as far as it has
 * grown, so that this limit is wide then too.
 */
function restError(blocks: readonly (readonly number[])[]): number {
  const variances = blocks.map((growths) => {
    let underWay = 0
    return varianceOf([0, ...growths.map((growth) => (underWay += growth))])
  })
  return quantileFor(Number.POSITIVE_INFINITY) * Math.sqrt(2 * sumOf(variances, (variance) => variance))
}

/**
 * The drift that there would be if no place were ever idle, at most. What places carry while they are in use is seen at any
 * rate; that they are idle at times is what a rate below the capacity looks like. Undefined where more places than the
 * target needs would be taken for idle ones.
 */
function driftAtFullUse(blocks: readonly Course[], seconds: number): number | undefined {
  const used = sumOf(blocks, ({ usedMs, places }) => total(usedMs) / places) / 1_000
  if (used < leastUse * seconds) return undefined
  const ends = blocks.map(({ succeeded, failed }) => succeeded.map((count, step) => count + at(failed, step)))
  const perUsedSecond = sumOf(ends, total) / used
  const residuals = blocks.map(({ usedMs, places }, block) =>
    at(ends, block).map((count, step) => count - (perUsedSecond * at(usedMs, step)) / places / 1_000),
  )
  const arrivedPerSecond = sumOf(blocks, ({ arrived }) => total(arrived)) / seconds
  return arrivedPerSecond - perUsedSecond + Math.max(limitOfSum(residuals), countError.held) / used
}

/** Over the steps in which every place was in use all the time. */
function readCapacity(blocks: readonly Course[]): CountedEstimate | undefined {
  const full = blocks.map(({ succeeded, usedMs, places, stepMs }) => {
    const counts = succeeded.filter((_, step) => at(usedMs, step) >= fullUse * places * stepMs)
    return { counts, seconds: (counts.length * stepMs) / 1_000 }
  })
  const known = full.filter(({ counts }) => counts.length >= 2)
  if (sumOf(known, ({ counts }) => counts.length) < leastSteps) return undefined
  const seconds = sumOf(known, (block) => block.seconds)
  const perSecond = sumOf(known, ({ counts }) => total(counts)) / seconds
  const degrees = sumOf(known, ({ counts }) => counts.length - 1)
  const variance = sumOf(known, ({ counts }) => counts.length * varianceOf(counts)) / seconds
  return estimateFrom({ perSecond, seconds, variance, degrees })
}

function estimateFrom(counted: Omit<CountedEstimate, 'low' | 'high'>): CountedEstimate {
  const { perSecond, seconds, variance, degrees } = counted
  const half = Math.max(quantileFor(degrees) * Math.sqrt(variance * seconds), countError.held) / seconds
  return { ...counted, low: perSecond - half, high: perSecond + half }
}

/**
 * Counts of one thing taken together, each for as long as it was counted: one that varied little by chance tells no more
 * than the others. Where they differ by more than what varies within them, the thing itself was not the same each time, and
 * the interval is widened until they fit (Birge 1932, Phys. Rev. 40:207).
 */
export function poolCounts(counted: readonly CountedEstimate[]): CountedEstimate {
  const seconds = sumOf(counted, (one) => one.seconds)
  const degrees = sumOf(counted, (one) => one.degrees)
  const perSecond = sumOf(counted, (one) => one.perSecond * one.seconds) / seconds
  const within = sumOf(counted, (one) => one.variance * one.degrees) / degrees
  const between =
    sumOf(counted, (one) => one.seconds * (one.perSecond - perSecond) ** 2) / Math.max(1, counted.length - 1)
  // More is counted until the interval is narrow enough, so it ends with a variance that came out small.
  const variance = stopped ** 2 * Math.max(within, between)
  return estimateFrom({ perSecond, seconds, variance, degrees })
}

/** Simulated: without it 4 % of brackets miss what is carried where the service is lognormal, with it 2 %. */
const stopped = 1.15

const quantiles = new Map<number, number>()

function quantileFor(degrees: number): number {
  if (degrees > 200) return 1.96
  const known = quantiles.get(degrees) ?? studentQuantile(confidence, degrees)
  quantiles.set(degrees, known)
  return known
}

function varianceOf(values: readonly number[]): number {
  const centre = mean(values)
  return sumOf(values, (value) => (value - centre) ** 2) / (values.length - 1)
}

function total(values: readonly number[]): number {
  return sumOf(values, (value) => value)
}
