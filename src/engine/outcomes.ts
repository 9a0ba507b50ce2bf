import { makeFailureTally } from '../sample/failure-tally.ts'
import { Histogram } from '../sample/histogram.ts'
import type { Failure, FailureSummary } from '../sample/outcome.ts'
import { type IterationTimes, makeStepTally, type StepCounter, type StepTally, type StepTotals } from './steps.ts'

/** Takes up outcomes as they come; its size does not grow with their number. */
export interface Outcomes {
  /** An iteration has started; told by those who count what is under way. */
  begin(atMs: number): void
  succeed(times: IterationTimes): void
  fail(times: IterationTimes, failure: Failure): void
  /** What becomes of the named parts of iterations. */
  readonly steps: StepCounter
  /** Whether these iterations are counted and not timed. @default false */
  readonly isUntimed?: boolean
}

/** Everything that became of a loop's iterations. */
interface OutcomeTally extends Outcomes {
  readonly steps: StepTally
  /** For iterations that run while queues fill or empty: counted with the others, and not timed. */
  readonly untimed: Outcomes
  /** Counts iterations that were never started: failures without a latency. */
  failUnstarted(count: number, failure: Failure): void
  read(): OutcomeTotals
}

export interface OutcomeTotals {
  /** Integral of the iterations under way over time, ms; undefined when nobody told of their beginning. */
  readonly inFlightMs?: number | undefined
  readonly succeeded: number
  /** How many of them were not timed; absent for none. */
  readonly untimed?: number | undefined
  readonly failed: number
  readonly failures: readonly FailureSummary[]
  /** End − actual start of successful iterations that were timed. */
  readonly service: Histogram
  readonly failedService: Histogram
  readonly steps: readonly StepTotals[]
}

/** Outcomes as a closed loop counts them; an open loop adds what it knows of intended starts. */
export function makeOutcomes(): OutcomeTally {
  const service = new Histogram()
  const failedService = new Histogram()
  const failures = makeFailureTally()
  const steps = makeStepTally()
  let unstarted = 0
  const notTimed = { succeeded: 0, failed: 0 }
  const inFlight = makeInFlight()
  return {
    begin: inFlight.begin,
    succeed({ beginMs, endMs }) {
      inFlight.end(endMs)
      service.record((endMs - beginMs) * 1_000)
    },
    fail({ beginMs, endMs }, failure) {
      inFlight.end(endMs)
      failedService.record((endMs - beginMs) * 1_000)
      failures.add(failure, 1)
    },
    failUnstarted(count, failure) {
      unstarted += count
      failures.add(failure, count)
    },
    steps,
    untimed: {
      isUntimed: true,
      begin: () => {},
      succeed() {
        notTimed.succeeded++
      },
      fail(_, failure) {
        notTimed.failed++
        failures.add(failure, 1)
      },
      steps: steps.untimed,
    },
    read: () => ({
      succeeded: service.count + notTimed.succeeded,
      ...(notTimed.succeeded > 0 && { untimed: notTimed.succeeded }),
      failed: failedService.count + unstarted + notTimed.failed,
      failures: failures.read(),
      ...{ service, failedService },
      inFlightMs: inFlight.read(),
      steps: readSteps(steps),
    }),
  }
}

/** The iterations under way, summed over time as they come and go: known without any latency, so a check of them (Little's law). */
function makeInFlight() {
  let count = 0
  let lastMs: number | undefined
  let areaMs = 0
  const advance = (atMs: number) => {
    areaMs += count * (atMs - (lastMs ?? atMs))
    lastMs = atMs
  }
  return {
    begin(atMs: number) {
      advance(atMs)
      count++
    },
    end(atMs: number) {
      if (lastMs === undefined) return
      advance(atMs)
      count--
    },
    read: () => (lastMs === undefined ? undefined : areaMs),
  }
}

/** A name that steps cannot have is a fault of the scenario, not of the target: it ends the run instead of being counted. */
function readSteps(steps: StepTally): readonly StepTotals[] {
  if (steps.fault !== undefined) throw steps.fault
  return steps.read()
}
