import type { RateProfile } from '../plan/rate-profile.ts'
import { Histogram } from '../sample/histogram.ts'
import type { MeasuredStage } from '../sample/stages.ts'
import { at } from '../session/at.ts'
import type { IterationTimes } from './steps.ts'

/** Takes up what becomes of arrivals, by the stage in which each was due; its size is bounded by the number of stages. */
interface StageBook {
  /** What the arrival that is due at this time, ms since the start, comes to. */
  arrive(dueMs: number): StageEntry
  /** What was recorded of a schedule that was followed for so long; nothing can be recorded after. */
  take(lengthMs: number): MeasuredStage[]
}

/** Where one stage's arrivals are recorded. */
export interface StageEntry {
  drop(): void
  /** At this time, ms since the start. */
  send(sentMs: number): void
  /** `dispatchedMs`: when the pacer came to it, where it was not sent at once. @default when it began */
  succeed(times: IterationTimes, intendedMs: number, dispatchedMs?: number): void
  fail(times: IterationTimes, intendedMs: number, dispatchedMs?: number): void
}

export function makeStageBook(profile: RateProfile): StageBook {
  const tallies = profile.spans.map(makeTally)
  return {
    arrive(dueMs) {
      const tally = at(tallies, profile.stageAt(dueMs))
      tally.arrive()
      return tally
    },
    take: (lengthMs) =>
      profile.spans.map(({ startMs, endMs }, stage) => {
        const tally = at(tallies, stage)
        // A generator that fell behind took longer to send than the stage had: the rate that it held is lower than planned.
        return tally.take(Math.max(0, Math.min(endMs, lengthMs) - startMs, tally.lastSentMs() - startMs))
      }),
  }
}

interface StageTally extends StageEntry {
  arrive(): void
  lastSentMs(): number
  take(workMs: number): MeasuredStage
}

function makeTally(): StageTally {
  let [intended, dropped, failed, lastSentMs] = [0, 0, 0, 0]
  const response = new Histogram()
  const service = new Histogram()
  const dispatchDelay = new Histogram()
  const dispatch = (dispatchedMs: number, intendedMs: number) =>
    dispatchDelay.record((dispatchedMs - intendedMs) * 1_000)
  return {
    arrive: () => void intended++,
    drop: () => void dropped++,
    send(sentMs) {
      lastSentMs = sentMs
    },
    lastSentMs: () => lastSentMs,
    succeed(times, intendedMs, dispatchedMs = times.beginMs) {
      response.record((times.endMs - intendedMs) * 1_000)
      service.record((times.endMs - times.beginMs) * 1_000)
      dispatch(dispatchedMs, intendedMs)
    },
    fail(times, intendedMs, dispatchedMs = times.beginMs) {
      failed++
      dispatch(dispatchedMs, intendedMs)
    },
    take(workMs) {
      const stage = {
        ...{ workMs, intended, dropped, succeeded: response.count, failed },
        response: response.encode(),
        service: service.encode(),
        dispatchDelay: dispatchDelay.encode(),
      }
      for (const histogram of [response, service, dispatchDelay]) histogram.release()
      return stage
    },
  }
}
