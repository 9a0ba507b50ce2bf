import { Histogram } from '../sample/histogram.ts'
import { waitUntil } from './clock.ts'
import type { LoopResult } from './closed-loop.ts'
import { type IterationOptions, type IterationSlot, makeIterationSlot, watchForTimeouts } from './iteration-slot.ts'
import { makeOutcomes, type Outcomes } from './outcomes.ts'

export interface OpenLoopOptions extends IterationOptions {
  /** When arrivals are due, ms since the start, ascending. */
  readonly arrivals: Iterable<number>
  /** Arrivals due later than this are not part of the block. */
  readonly durationMs: number
  /** An arrival that finds this many iterations under way is dropped, and counted. */
  readonly maxInFlight: number
  /** When the schedule begins, by the clock; may be past, then the first arrivals are late. @default now */
  readonly startMs?: number
}

export interface OpenLoopResult extends LoopResult {
  /** Arrivals that were due. */
  readonly intended: number
  readonly dropped: number
  /** End − intended start of successful iterations. */
  readonly response: Histogram
  /** Actual − intended start of all iterations. */
  readonly dispatchDelay: Histogram
}

/** A burst of late arrivals is sent in pieces this long, so that answers can come in between. */
const burstMs = 1

/**
 * Starts an iteration at every arrival's time, however long earlier ones take; what has been started is awaited. Response
 * time counts from the intended start, so that a stall of the target shows in every arrival that it delayed.
 */
export async function runOpenLoop(options: OpenLoopOptions): Promise<OpenLoopResult> {
  const { clock, durationMs, maxInFlight } = options
  const recorder = makeRecorder()
  const slots = makeSlots(options)
  const underWay = new Set<Promise<void>>()
  const stopWatching = watchForTimeouts(slots.all, options)
  let intended = 0
  let dropped = 0
  const dispatch = (intendedMs: number) => {
    intended++
    const slot = slots.take(maxInFlight)
    if (slot === undefined) {
      dropped++
      return
    }
    const iteration: Promise<void> = slot.run(recorder.outcomesOf(intendedMs), intendedMs).then(() => {
      slots.giveBack(slot)
      underWay.delete(iteration)
    })
    underWay.add(iteration)
  }
  const startMs = options.startMs ?? clock.nowMs()
  try {
    await followSchedule(options, startMs, dispatch)
    await Promise.all(underWay)
  } finally {
    stopWatching()
  }
  const elapsedMs = clock.nowMs() - startMs
  return { ...recorder.read(), startMs, elapsedMs, workMs: durationMs, workers: 1, intended, dropped }
}

async function followSchedule(
  { clock, arrivals, durationMs }: OpenLoopOptions,
  startMs: number,
  dispatch: (intendedMs: number) => void,
): Promise<void> {
  let yieldedMs = startMs
  for (const dueMs of arrivals) {
    if (dueMs >= durationMs) break
    await waitUntil(clock, startMs + dueMs)
    dispatch(startMs + dueMs)
    if (clock.nowMs() - yieldedMs > burstMs) {
      await clock.yield()
      yieldedMs = clock.nowMs()
    }
  }
  await waitUntil(clock, startMs + durationMs)
}

function makeRecorder() {
  const closed = makeOutcomes()
  const response = new Histogram()
  const dispatchDelay = new Histogram()
  return {
    outcomesOf: (intendedMs: number): Outcomes => ({
      begin: closed.begin,
      succeed(times) {
        closed.succeed(times)
        response.record((times.endMs - intendedMs) * 1_000)
        dispatchDelay.record((times.beginMs - intendedMs) * 1_000)
      },
      fail(times, failure) {
        closed.fail(times, failure)
        dispatchDelay.record((times.beginMs - intendedMs) * 1_000)
      },
    }),
    read: () => ({ ...closed.read(), response, dispatchDelay }),
  }
}

/** Slots are made as they are needed and used again. */
function makeSlots(options: IterationOptions) {
  const all: IterationSlot[] = []
  const free: IterationSlot[] = []
  return {
    all,
    take(most: number): IterationSlot | undefined {
      const known = free.pop()
      if (known !== undefined || all.length >= most) return known
      const slot = makeIterationSlot(options)
      all.push(slot)
      return slot
    },
    giveBack: (slot: IterationSlot) => void free.push(slot),
  }
}
