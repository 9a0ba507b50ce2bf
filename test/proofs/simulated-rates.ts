// Queues of known capacity, simulated, for the search for the highest rate: no load, no clock, thousands of runs.

import type { Random } from '../../src/plan/random.ts'
import type { Course } from '../../src/sample/open-loop.ts'
import type { Estimate } from '../../src/tune/search/drift.ts'
import { nextRateStep, type RateBlocks, readHighestRate } from '../../src/tune/search/rate-search.ts'
import type { OpenBlock } from '../../src/tune/search/rate-trial.ts'

/** Workers behind one queue, asked over so many connections. */
export interface SimulatedQueue {
  readonly name: string
  readonly workers: number
  readonly connections: number
  readonly serviceMs: number
  readonly law: 'fixed' | 'jitter' | 'exponential' | 'lognormal'
  /** The machine stands still so often per second, for so long. */
  readonly stalls?: { readonly perSecond: number; readonly ms: number }
}

export const simulatedQueues: readonly SimulatedQueue[] = [
  { name: 'one worker, fixed', workers: 1, connections: 1, serviceMs: 20, law: 'fixed' },
  { name: 'four workers, fixed', workers: 4, connections: 5, serviceMs: 20, law: 'fixed' },
  { name: 'eight workers, jitter', workers: 8, connections: 8, serviceMs: 5, law: 'jitter' },
  { name: 'eight workers, twice the connections', workers: 8, connections: 16, serviceMs: 5, law: 'fixed' },
  {
    name: 'four workers, a machine that stalls',
    workers: 4,
    connections: 4,
    serviceMs: 20,
    law: 'jitter',
    stalls: { perSecond: 1, ms: 30 },
  },
  { name: 'eight workers, exponential', workers: 8, connections: 9, serviceMs: 5, law: 'exponential' },
  { name: 'eight workers, lognormal', workers: 8, connections: 8, serviceMs: 5, law: 'lognormal' },
  { name: 'four slow workers, exponential', workers: 4, connections: 4, serviceMs: 20, law: 'exponential' },
]

/** Whether what a queue carries varies by chance. */
export function isNoisy({ law, stalls }: SimulatedQueue): boolean {
  return stalls !== undefined || law === 'exponential' || law === 'lognormal'
}

/** What a simulated search came to. */
export interface SimulatedBracket {
  readonly held: number | undefined
  readonly failed: number | undefined
  readonly seconds: number
  readonly trials: number
}

export interface SimulatedSearch {
  /** Of the closed loop, which is off by some. */
  readonly guess: Estimate
  readonly margin: number
  readonly budgetSeconds: number
}

const leadInMs = 400
const firstSeconds = 2
const mostSeconds = 12

/** Runs the search against a queue, until it is done or its time is up. */
export function bracketSimulated(queue: SimulatedQueue, search: SimulatedSearch, random: Random): SimulatedBracket {
  const trials: { ratePerSecond: number; blocks: OpenBlock[] }[] = []
  let seconds = 0
  for (;;) {
    const step = nextRateStep([], { search, mostSeconds }, trials)
    if (step === undefined) break
    const { ratePerSecond, secondsSoFar } = step
    const wanted = Math.max(firstSeconds, secondsSoFar, 150 / ratePerSecond)
    if (seconds + wanted + leadInMs / 1_000 > search.budgetSeconds) break
    seconds += wanted + leadInMs / 1_000
    const block = {
      ratePerSecond,
      course: runCourse(queue, ratePerSecond, wanted, random),
      tallies: [],
      isClientLate: false,
    }
    const known = trials.find((trial) => trial.ratePerSecond === ratePerSecond)
    if (known === undefined) trials.push({ ratePerSecond, blocks: [block] })
    else known.blocks.push(block)
  }
  const { held, failed } = readHighestRate([], search, trials as readonly RateBlocks[])
  return { held, failed, seconds, trials: trials.length }
}

/** The true capacity per second, whatever stalls leave of it. */
export function capacityOf({ workers, serviceMs, law, stalls }: SimulatedQueue): number {
  const meanMs = serviceMs + (law === 'jitter' ? meanJitterMs : 0)
  const lost = stalls === undefined ? 0 : (stalls.perSecond * stalls.ms) / 1_000
  return ((workers * 1_000) / meanMs) * (1 - lost)
}

const jitterMs = 0.2
const meanJitterMs = jitterMs * Math.sqrt(2 / Math.PI)

/** One block at a constant rate, its lead-in left out. */
export function runCourse(
  { workers, connections, serviceMs, law, stalls }: SimulatedQueue,
  ratePerSecond: number,
  seconds: number,
  random: Random,
): Course {
  const gapMs = 1_000 / ratePerSecond
  const arrivals = Math.floor((leadInMs + seconds * 1_000) / gapMs)
  const freeMs = Array<number>(workers).fill(Number.NEGATIVE_INFINITY)
  const stall = makeStalls(stalls, leadInMs + seconds * 1_000, random)
  const ends: number[] = []
  for (let index = 0; index < arrivals; index++) {
    const worker = freeMs.indexOf(Math.min(...freeMs))
    const endMs = stall(Math.max(index * gapMs, freeMs[worker] as number), draw(law, serviceMs, random))
    freeMs[worker] = endMs
    ends.push(endMs)
  }
  return makeCourse({ gapMs, arrivals, ends: ends.toSorted((a, b) => a - b), places: connections, seconds })
}

function draw(law: SimulatedQueue['law'], meanMs: number, random: Random): number {
  switch (law) {
    case 'fixed':
      return meanMs
    case 'jitter':
      return meanMs + jitterMs * Math.abs(gauss(random))
    case 'exponential':
      return -meanMs * Math.log1p(-random())
    case 'lognormal':
      return meanMs * Math.exp(gauss(random) - 0.5)
    default:
      return law satisfies never
  }
}

/** When work that begins then is done: what stands still in between makes it later. */
function makeStalls(stalls: SimulatedQueue['stalls'], lengthMs: number, random: Random) {
  const times: number[] = []
  if (stalls !== undefined) {
    for (let atMs = 0; atMs < 2 * lengthMs; atMs += (-1_000 / stalls.perSecond) * Math.log1p(-random()))
      times.push(atMs)
  }
  return (beginMs: number, workMs: number) => {
    let endMs = beginMs + workMs
    for (const atMs of times) if (atMs >= beginMs && atMs < endMs) endMs += stalls?.ms ?? 0
    return endMs
  }
}

interface Events {
  readonly gapMs: number
  readonly arrivals: number
  readonly ends: readonly number[]
  readonly places: number
  readonly seconds: number
}

function makeCourse({ gapMs, arrivals, ends, places, seconds }: Events): Course {
  const fromMs = Math.ceil(leadInMs / gapMs) * gapMs
  const perStep = Math.max(1, Math.floor((seconds * 1_000) / gapMs / 20))
  const stepMs = perStep * gapMs
  const steps = Math.floor((arrivals * gapMs - fromMs) / stepMs + 1e-6)
  const zeros = () => Array<number>(steps).fill(0)
  const course = { arrived: zeros().fill(perStep), succeeded: zeros(), failed: zeros(), usedMs: zeros() }
  const at = (ms: number) => Math.floor((ms - fromMs) / stepMs + 1e-9)
  const use = (beginMs: number, endMs: number, places: number) => {
    for (let ms = Math.max(beginMs, fromMs); ms < endMs - 1e-9 && at(ms) < steps; ) {
      const nextMs = Math.min(endMs, fromMs + (at(ms) + 1) * stepMs)
      course.usedMs[at(ms)] = (course.usedMs[at(ms)] as number) + places * (nextMs - ms)
      ms = nextMs
    }
  }
  let [arrived, ended, lastMs] = [0, 0, 0]
  while (arrived < arrivals || ended < ends.length) {
    const [arriveMs, endMs] = [arrived < arrivals ? arrived * gapMs : Number.POSITIVE_INFINITY, ends[ended] ?? Infinity]
    const nowMs = Math.min(arriveMs, endMs)
    use(lastMs, nowMs, Math.min(arrived - ended, places))
    lastMs = nowMs
    if (arriveMs <= endMs) arrived++
    else {
      ended++
      if (nowMs > fromMs && at(nowMs) < steps) course.succeeded[at(nowMs)] = (course.succeeded[at(nowMs)] as number) + 1
    }
  }
  return { stepMs, places, ...course }
}

/** Box and Muller's transform of two uniform numbers. */
export function gauss(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}
