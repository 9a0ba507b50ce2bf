import type { RateProfile } from '../plan/rate-profile.ts'
import { waitUntil } from '../probe/clock.ts'
import { Histogram } from '../sample/histogram.ts'
import type { Course } from '../sample/open-loop.ts'
import type { MeasuredStage } from '../sample/stages.ts'
import type { LoopResult } from './closed-loop.ts'
import type { CourseBook } from './course-book.ts'
import {
  type Deadline,
  type IterationOptions,
  type IterationSlot,
  makeIterationSlot,
  makePlainSource,
  readAnswers,
  withinTimeouts,
} from './iteration-slot.ts'
import { makeOutcomes, type Outcomes } from './outcomes.ts'
import { makeStageBook, type StageEntry } from './stage-book.ts'

/** When an open loop's requests are due, and how many may be under way. */
export interface OpenSchedule {
  /** When arrivals are due, ms since the start, ascending. */
  readonly arrivals: Iterable<number>
  /** Arrivals due later than this are not part of the block. */
  readonly durationMs: number
  /** The block ends with this many arrivals: the data have an end. @default no limit */
  readonly mostIterations?: number
  /** An arrival that finds this many iterations under way is dropped, and counted. */
  readonly maxInFlight: number
  /** When the schedule begins, by the clock; may be past, then the first arrivals are late. @default now */
  readonly startMs?: number
  /** What the arrivals follow: the result is then told stage by stage too. @default a rate that stays */
  readonly profile?: RateProfile | undefined
  /** What is due in this first time is counted, and not timed: connections open then. @default 0 */
  readonly leadInMs?: number | undefined
  /** Takes up the block's course. @default nobody does */
  readonly courseBook?: CourseBook | undefined
  /** What is still under way so long after the schedule's end is aborted. @default nothing is, before its time-out */
  readonly drainMs?: number | undefined
}

export interface OpenLoopOptions extends IterationOptions, OpenSchedule {}

export interface OpenLoopResult extends LoopResult {
  /** Arrivals that were due. */
  readonly intended: number
  readonly dropped: number
  /** Over how long arrivals were due. */
  readonly scheduleMs: number
  /** End − intended start of successful iterations. */
  readonly response: Histogram
  /** Actual − intended start of all iterations. */
  readonly dispatchDelay: Histogram
  /** Of a profile: each arrival counts in the stage in which it was due. */
  readonly stages?: readonly MeasuredStage[]
  /** Only with a book for it. */
  readonly course?: Course
}

/** A burst of late arrivals is sent in pieces this long, so that answers can come in between. */
const burstMs = 1

/**
 * Starts an iteration at every arrival's time, however long earlier ones take; what has been started is awaited. Response
 * time counts from the intended start, so that a stall of the target shows in every arrival that it delayed.
 */
export async function runOpenLoop(options: OpenLoopOptions): Promise<OpenLoopResult> {
  const { clock, maxInFlight, leadInMs = 0, profile, courseBook, source = makePlainSource() } = options
  const startMs = options.startMs ?? clock.nowMs()
  const recorder = makeRecorder(courseBook, startMs)
  const book = profile && makeStageBook(profile)
  const answers = { lastMs: startMs, aborted: 0 }
  const slotOptions = { ...options, ...deadlineOf(options, startMs), answers }
  const slots = makeSlots(slotOptions)
  let intended = 0
  let dropped = 0
  let [lengthMs, workMs, lastSentMs] = [0, 0, 0]
  const dispatch = (dueMs: number) => {
    intended++
    courseBook?.arrive(dueMs)
    const intendedMs = startMs + dueMs
    const stage = book?.arrive(dueMs)
    // A dropped arrival has an index too: the same arrival has the same data in every arm.
    const index = source.nextIndex()
    const slot = slots.take(maxInFlight)
    if (slot === undefined) {
      dropped++
      stage?.drop()
      return
    }
    const outcomes = dueMs < leadInMs ? recorder.untimed : recorder.outcomesOf(intendedMs, stage)
    void slot.run(outcomes, index, intendedMs).then(() => slots.giveBack(slot))
    lastSentMs = clock.nowMs()
    stage?.send(lastSentMs - startMs)
  }
  await withinTimeouts(slots.all, slotOptions, async () => {
    lengthMs = await followSchedule(options, startMs, dispatch)
    // A generator that fell behind took longer to send than it had: the rate that it held is lower than planned.
    workMs = Math.max(lengthMs, lastSentMs - startMs)
    await slots.allFree()
  })
  const elapsedMs = clock.nowMs() - startMs
  const told = { ...(book && { stages: book.take(lengthMs) }), ...(courseBook && { course: courseBook.read() }) }
  return {
    ...recorder.read(),
    startMs,
    elapsedMs,
    workMs,
    workers: 1,
    intended,
    dropped,
    scheduleMs: lengthMs,
    ...told,
    ...readAnswers(answers, startMs),
  }
}

function deadlineOf({ durationMs, drainMs }: OpenLoopOptions, startMs: number): { readonly deadline?: Deadline } {
  return drainMs === undefined ? {} : { deadline: { atMs: startMs + durationMs + drainMs } }
}

/** Resolves to the length of the schedule, ms. */
export async function followSchedule(
  {
    clock,
    arrivals,
    durationMs,
    mostIterations,
  }: Pick<OpenLoopOptions, 'clock' | 'arrivals' | 'durationMs' | 'mostIterations'>,
  startMs: number,
  dispatch: (dueMs: number) => void,
): Promise<number> {
  let yieldedMs = startMs
  let lengthMs = durationMs
  let due = 0
  for (const dueMs of arrivals) {
    if (dueMs >= durationMs) break
    if (due++ === mostIterations) {
      lengthMs = dueMs
      break
    }
    await waitUntil(clock, startMs + dueMs)
    dispatch(dueMs)
    if (clock.nowMs() - yieldedMs > burstMs) {
      await clock.yield()
      yieldedMs = clock.nowMs()
    }
  }
  await waitUntil(clock, startMs + lengthMs)
  return lengthMs
}

function makeRecorder(course: CourseBook | undefined, startMs: number) {
  const closed = makeOutcomes()
  const response = new Histogram()
  const dispatchDelay = new Histogram()
  const watch = (outcomes: Outcomes): Outcomes => ({
    ...outcomes,
    begin(atMs) {
      outcomes.begin(atMs)
      course?.begin(atMs - startMs)
    },
    succeed(times) {
      outcomes.succeed(times)
      course?.end(times.endMs - startMs, 'succeeded')
    },
    fail(times, failure) {
      outcomes.fail(times, failure)
      course?.end(times.endMs - startMs, 'failed')
    },
  })
  const timed = watch(closed)
  return {
    untimed: watch(closed.untimed),
    outcomesOf: (intendedMs: number, stage: StageEntry | undefined): Outcomes => ({
      begin: timed.begin,
      steps: timed.steps,
      succeed(times) {
        timed.succeed(times)
        stage?.succeed(times, intendedMs)
        response.record((times.endMs - intendedMs) * 1_000)
        dispatchDelay.record((times.beginMs - intendedMs) * 1_000)
      },
      fail(times, failure) {
        timed.fail(times, failure)
        stage?.fail(times, intendedMs)
        dispatchDelay.record((times.beginMs - intendedMs) * 1_000)
      },
    }),
    read: () => ({ ...closed.read(), response, dispatchDelay }),
  }
}

/**
 * Slots are made as they are needed and used again. Those in use are kept nowhere: a set that changes with every arrival
 * would burden the garbage collector (see Bag).
 */
function makeSlots(options: IterationOptions) {
  const all: IterationSlot[] = []
  const free: IterationSlot[] = []
  let onAllFree: (() => void) | undefined
  return {
    all,
    take(most: number): IterationSlot | undefined {
      const known = free.pop()
      if (known !== undefined || all.length >= most) return known
      const slot = makeIterationSlot(options, all.length)
      all.push(slot)
      return slot
    },
    giveBack(slot: IterationSlot): void {
      free.push(slot)
      if (free.length === all.length) onAllFree?.()
    },
    /** Resolves as soon as none is in use. */
    async allFree(): Promise<void> {
      if (free.length === all.length) return
      await new Promise<void>((resolve) => {
        onAllFree = resolve
      })
    },
  }
}
