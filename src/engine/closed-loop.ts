import type { Vitals } from '../probe/vitals.ts'
import type { Statuses } from '../sample/statuses.ts'
import { sumOf } from '../statistics/sum-of.ts'
import { agree, counted, grouped } from '../words/counted.ts'
import {
  type IterationOptions,
  type IterationSlot,
  makeIterationSlot,
  makePlainSource,
  readAnswers,
  withinTimeouts,
} from './iteration-slot.ts'
import { makeOutcomes, type Outcomes, type OutcomeTotals } from './outcomes.ts'
import { makeWorkWindow, type WorkWindow } from './work-window.ts'

export interface ClosedLoopOptions extends Omit<IterationOptions, 'deadline'> {
  readonly concurrency: number
  /** No iteration starts after this much time; with `iterations` it bounds them, and none is started or goes on later. */
  readonly durationMs: number
  /** Exactly this many, all workers together. @default as many as there is time for */
  readonly iterations?: number
  /** No more than this, all workers together: the data have an end. @default no limit */
  readonly mostIterations?: number
  /**
   * Workers start spread over this time, and what they do until it has passed twice is counted and not timed. While they
   * start, a queue that is not yet full makes iterations faster than any later one, the more so the more workers there are.
   * For the same reason those who are done go on, untimed, until the last is. Spread, because workers that start together
   * stay together for as long as their iterations mostly wait: behind a distance of constant length every one of them then
   * queues behind the others' work in each of its round trips, for the whole block. @default 0
   */
  readonly leadInMs?: number
  /**
   * Before all that each worker runs one iteration, counted and not timed, for as long as answers come and at most so long. A
   * server that is busy takes up one new connection each time that it has answered all that it has: beside a load the last of
   * many would be taken up after seconds, and look like ones that get no answer. @default 0
   */
  readonly meetMs?: number
  /**
   * What is still under way so long after the block's time is aborted, and its worker counted as one that did nothing
   * meanwhile: an answer that never comes shall not cost its whole time-out. @default nothing is, before its time-out
   */
  readonly drainMs?: number
  /** A worker's pauses, ms: the one in which it is when the block begins is its 0th, then one after each iteration. @default none */
  readonly pauseOf?: (worker: number, pause: number) => number
  /** In [0, 1): how much of its 0th pause, or of the time to start in, each worker has still before it. @default nothing */
  readonly restOf?: (worker: number) => number
}

/** What a loop of any kind saw. */
export interface LoopResult extends OutcomeTotals {
  /** When it began, by the engine's clock. */
  readonly startMs: number
  /** From the first start to the last end. */
  readonly elapsedMs: number
  /** The time that the iterations had: what throughput is divided by. */
  readonly workMs: number
  /** Places for iterations, when `workMs` is their mean; left out when it is the whole time. */
  readonly workers?: number
  /** ms from the start to the last end that was not an abort's; absent when there was no abort. */
  readonly lastAnswerMs?: number
  /** Requests sent, when the wire probe cannot see them. */
  readonly requests?: number
  /** Requests that were given up, waiting for an answer or for a connection, when the wire probe cannot see them. */
  readonly unanswered?: number
  readonly unconnected?: number
  /** Answers by status, when the loop sees all of them. */
  readonly statuses?: Statuses
  /** Of the loaded time alone, when the loop did other things beside. */
  readonly vitals?: Vitals
}

/** Runs one worker's next iteration to its end. */
type RunNext = () => Promise<void>

interface Worker {
  readonly runNext: RunNext
  /** The same, counted and not timed. */
  readonly untimed: RunNext
}

/** How the workers were done. */
interface WorkDone {
  /** Mean length of the workers' whole cycles; undefined when the iterations came to an end before the time did. */
  readonly cyclesMs?: number
  /** Iterations that should have been run and were never started. */
  readonly unstarted: number
}

/**
 * Runs `concurrency` workers, each starting its next iteration when its last one has ended and its pause is over. What
 * has been started is awaited and counted. A failed iteration is an outcome, never a throw.
 */
export async function runClosedLoop(options: ClosedLoopOptions): Promise<LoopResult> {
  const { clock, concurrency, iterations, meetMs = 0, source = makePlainSource() } = options
  const outcomes = makeOutcomes()
  const beganMs = clock.nowMs()
  const deadline = { atMs: deadlineOf(options, beganMs + meetMs) }
  const answers = { lastMs: beganMs, aborted: 0 }
  const slotOptions = { ...options, deadline, source, answers }
  const slots = Array.from({ length: concurrency }, (_, user) => makeIterationSlot(slotOptions, user))
  let window: WorkWindow | undefined
  const { cyclesMs, unstarted } = await withinTimeouts(slots, slotOptions, async () => {
    const met = await meet(slots, options, (slot) => slot.run(outcomes.untimed, source.nextIndex()))
    const startMs = clock.nowMs()
    deadline.atMs = deadlineOf(options, startMs)
    const timed = { ...options, deadlineMs: deadline.atMs, timedFromMs: timedFrom(options, startMs), met }
    window = windowOf(options, startMs)
    const watch = (each: Outcomes): Outcomes => window?.watch(each) ?? each
    const [own, untimed] = [watch(outcomes), watch(outcomes.untimed)]
    const workers = slots.map((slot): Worker => {
      return {
        runNext: () => slot.run(own, source.nextIndex()),
        untimed: () => slot.run(untimed, source.nextIndex()),
      }
    })
    return (iterations === undefined ? workForTime : workOff)(workers, timed)
  })
  const message = `${grouped(unstarted)} of ${counted(iterations ?? unstarted, 'iteration')} ${agree(unstarted, 'was', 'were')} not started within ${options.durationMs} ms`
  if (unstarted > 0) outcomes.failUnstarted(unstarted, { code: 'timeout', message })
  const elapsedMs = clock.nowMs() - beganMs
  const totals = outcomes.read()
  const work = cyclesMs === undefined ? { workMs: elapsedMs } : { workMs: cyclesMs, workers: concurrency }
  // The time that so many take at the rate of the window.
  const perMs = cyclesMs === undefined ? 0 : (window?.perMs() ?? 0)
  const inWindow = perMs > 0 && { workMs: totals.service.count / perMs }
  return { ...totals, startMs: beganMs, elapsedMs, ...work, ...inWindow, ...readAnswers(answers, beganMs) }
}

/** So long after the last answer, and no sooner than the first took, no other is on its way. ms. */
const silentMs = 200

/** Has each slot run one iteration; resolves when all have, or no more answers come. One promise for each. */
async function meet(
  slots: readonly IterationSlot[],
  { clock, meetMs = 0, iterations, mostIterations = Number.POSITIVE_INFINITY }: ClosedLoopOptions,
  runOne: (slot: IterationSlot) => Promise<void>,
): Promise<readonly Promise<void>[]> {
  if (meetMs === 0 || iterations !== undefined || mostIterations < slots.length) return []
  const beganMs = clock.nowMs()
  let [firstMs, lastMs] = [meetMs, beganMs + meetMs]
  const met = slots.map(async (slot) => {
    await runOne(slot)
    lastMs = clock.nowMs()
    firstMs = Math.min(firstMs, lastMs - beganMs)
  })
  const over = Promise.withResolvers<void>()
  const stop = clock.every(silentMs / 4, () => {
    const endMs = Math.min(beganMs + meetMs, lastMs + Math.max(silentMs, firstMs))
    if (clock.nowMs() >= endMs) over.resolve()
  })
  await Promise.race([Promise.all(met), over.promise])
  stop()
  return met
}

/** When all that is under way is aborted. */
function deadlineOf(options: ClosedLoopOptions, startMs: number): number {
  const { durationMs, iterations, drainMs } = options
  if (iterations !== undefined) return startMs + durationMs
  return drainMs === undefined ? Number.POSITIVE_INFINITY : timedFrom(options, startMs) + durationMs + drainMs
}

/** Workers start in one lead-in, and run for another until queues are as long as they get. */
function timedFrom({ leadInMs = 0 }: ClosedLoopOptions, startMs: number): number {
  return startMs + 2 * leadInMs
}

/** Where there is a lead-in, queues are what it is for; with pauses between iterations no window says what a cycle was. */
function windowOf(options: ClosedLoopOptions, startMs: number): WorkWindow | undefined {
  const { durationMs, leadInMs = 0, pauseOf } = options
  if (leadInMs === 0 || durationMs === 0 || pauseOf !== undefined) return undefined
  const fromMs = timedFrom(options, startMs)
  return makeWorkWindow({ fromMs, toMs: fromMs + durationMs })
}

/** A loop that knows when it ends whatever happens. */
type TimedOptions = ClosedLoopOptions & {
  readonly deadlineMs: number
  readonly timedFromMs: number
  /** What each worker has begun already; empty when nothing was. */
  readonly met: readonly Promise<void>[]
}

/**
 * Each worker until the time is over: at least one iteration, for a process that was not scheduled for a while must not
 * report an empty block. Dividing by the length of whole cycles of iteration and pause, not by the block's length, keeps
 * the last, cut-off cycle of a short block from biasing the throughput: the expected number of cycles is the expected
 * time by the mean cycle (Wald's identity). So the last pause counts, though nobody waits for it.
 *
 * With think time a worker begins somewhere in a pause, as in the middle of a long run: workers that all began at once
 * would queue for each other as they never do later. Without, where there is a lead-in, somewhere in its first half.
 *
 * An iteration that the deadline cut off is no cycle: its worker had the time, and did in it what it had done before.
 */
async function workForTime(workers: readonly Worker[], options: TimedOptions): Promise<WorkDone> {
  const { clock, durationMs, deadlineMs, timedFromMs, leadInMs = 0, pauseOf, restOf = () => 0 } = options
  const { mostIterations = Number.POSITIVE_INFINITY, met } = options
  let started = met.length
  let timing = workers.length
  const workTimed = async ({ runNext, untimed }: Worker, index: number): Promise<number> => {
    await met[index]
    const spreadMs = pauseOf === undefined ? leadInMs : Math.min(pauseOf(index, 0), durationMs)
    if (spreadMs > 0) await clock.sleep(restOf(index) * spreadMs)
    for (; clock.nowMs() < timedFromMs && started < mostIterations; started++) {
      await untimed()
    }
    const startMs = clock.nowMs()
    let spentMs = 0
    for (let pause = 1; started < mostIterations; pause++) {
      if (clock.nowMs() >= deadlineMs) return Math.max(durationMs, spentMs)
      started++
      await runNext()
      if (clock.nowMs() >= deadlineMs) return Math.max(durationMs, spentMs)
      const pauseMs = pauseOf?.(index, pause) ?? 0
      spentMs = clock.nowMs() - startMs
      if (spentMs + pauseMs >= durationMs) return spentMs + pauseMs
      if (pauseMs > 0 && started < mostIterations) await clock.sleep(pauseMs)
    }
    return clock.nowMs() - startMs
  }
  const work = async (worker: Worker, index: number): Promise<number> => {
    const spentMs = await workTimed(worker, index)
    // What would not end before the deadline is not begun: it would be taken for one that got no answer.
    const hasTime = (lastMs: number) => clock.nowMs() + 2 * lastMs < deadlineMs
    let lastMs = 0
    for (timing--; leadInMs > 0 && timing > 0 && started < mostIterations && hasTime(lastMs); started++) {
      const beginMs = clock.nowMs()
      await worker.untimed()
      lastMs = clock.nowMs() - beginMs
    }
    return spentMs
  }
  const cyclesMs = await Promise.all(workers.map(work))
  if (started >= mostIterations) return { unstarted: 0 }
  return { unstarted: 0, cyclesMs: sumOf(cyclesMs) / workers.length }
}

/** All workers together run the iterations, until the time is over. */
async function workOff(workers: readonly Worker[], options: TimedOptions): Promise<WorkDone> {
  const { clock, deadlineMs: endMs, iterations = 0, mostIterations = iterations, pauseOf } = options
  let left = Math.min(iterations, mostIterations)
  const work = async ({ runNext }: Worker, index: number) => {
    for (let pause = 1; left > 0 && clock.nowMs() < endMs; pause++) {
      left--
      await runNext()
      const pauseMs = left > 0 ? Math.min(pauseOf?.(index, pause) ?? 0, endMs - clock.nowMs()) : 0
      if (pauseMs > 0) await clock.sleep(pauseMs)
    }
  }
  await Promise.all(workers.map(work))
  return { unstarted: left }
}
