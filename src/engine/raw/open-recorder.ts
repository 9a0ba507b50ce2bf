import { Histogram } from '../../sample/histogram.ts'
import type { Failure } from '../../sample/outcome.ts'
import type { OpenSchedule } from '../open-loop.ts'
import { makeOutcomes } from '../outcomes.ts'
import { makeStageBook, type StageEntry } from '../stage-book.ts'

/** An arrival that was taken up. */
export interface Arrival {
  /** ms since the start. */
  readonly dueMs: number
  /** When the pacer came to it, by the clock. */
  readonly dispatchedMs: number
  /** Of a load in stages: where it is recorded. */
  readonly stage: StageEntry | undefined
}

/** Records what becomes of the arrivals of a raw open loop. */
export function makeOpenRecorder({ leadInMs = 0, profile, courseBook }: OpenSchedule) {
  const outcomes = makeOutcomes()
  const [response, dispatchDelay] = [new Histogram(), new Histogram()]
  const book = profile && makeStageBook(profile)
  let [startMs, intended, dropped] = [0, 0, 0]
  const times = { beginMs: 0, endMs: 0 }
  const recordOf = ({ dueMs }: Arrival) => (dueMs < leadInMs ? outcomes.untimed : outcomes)
  return {
    start(atMs: number): void {
      startMs = atMs
    },
    /** An arrival is due; returns where it is recorded of a load in stages. */
    arrive(dueMs: number): StageEntry | undefined {
      intended++
      courseBook?.arrive(dueMs)
      return book?.arrive(dueMs)
    },
    drop(stage: StageEntry | undefined): void {
      dropped++
      stage?.drop()
    },
    begin(arrival: Arrival, beginMs: number): void {
      recordOf(arrival).begin(beginMs)
      courseBook?.begin(beginMs - startMs)
      arrival.stage?.send(arrival.dispatchedMs - startMs)
    },
    /** The delay is the pacer's own: an arrival that waits for a connection was dispatched before. */
    end(arrival: Arrival, beginMs: number, endMs: number, failure: Failure | undefined): void {
      times.beginMs = beginMs
      times.endMs = endMs
      const { dueMs, dispatchedMs, stage } = arrival
      if (failure === undefined) recordOf(arrival).succeed(times)
      else recordOf(arrival).fail(times, failure)
      courseBook?.end(endMs - startMs, failure === undefined ? 'succeeded' : 'failed')
      if (dueMs < leadInMs) return
      const intendedMs = startMs + dueMs
      dispatchDelay.record((dispatchedMs - intendedMs) * 1_000)
      if (failure === undefined) {
        response.record((endMs - intendedMs) * 1_000)
        stage?.succeed(times, intendedMs, dispatchedMs)
      } else stage?.fail(times, intendedMs, dispatchedMs)
    },
    /** A failure that is no arrival's. */
    failBeside(failure: Failure): void {
      outcomes.failUnstarted(1, failure)
    },
    read: (lengthMs: number) => ({
      ...outcomes.read(),
      ...{ intended, dropped, scheduleMs: lengthMs, response, dispatchDelay },
      ...(book && { stages: book.take(lengthMs) }),
      ...(courseBook && { course: courseBook.read() }),
    }),
  }
}
