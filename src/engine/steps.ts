import { Histogram } from '../sample/histogram.ts'
import type { IterationTimes } from './outcomes.ts'

/** What became of the steps of one name. */
export interface StepTotals {
  readonly name: string
  readonly succeeded: number
  readonly failed: number
  /** Start to end of those that succeeded. */
  readonly service: Histogram
}

/** Takes up what becomes of steps, by name; its size is bounded by the number of names that it allows. */
export interface StepTally {
  /** Throws when a step cannot have this name; the first such error is kept as `fault`. */
  admit(name: string): void
  succeed(name: string, times: IterationTimes): void
  fail(name: string): void
  /** In the order in which the names first came up. */
  read(): readonly StepTotals[]
  readonly fault: Error | undefined
}

/** A name stands for a kind of request: each has a histogram, in every block. */
export const mostStepNames = 32
const longestStepName = 40

export function makeStepTally(): StepTally {
  const steps = new Map<string, { failed: number; readonly service: Histogram }>()
  let fault: Error | undefined
  const stepOf = (name: string) => steps.get(name) as { failed: number; readonly service: Histogram }
  return {
    admit(name) {
      if (steps.has(name)) return
      const problem = findProblem(name, steps.size)
      if (problem === undefined) {
        steps.set(name, { failed: 0, service: new Histogram() })
        return
      }
      fault ??= new Error(problem)
      throw new Error(problem)
    },
    succeed: (name, { beginMs, endMs }) => stepOf(name).service.record((endMs - beginMs) * 1_000),
    fail(name) {
      stepOf(name).failed++
    },
    read: () => [...steps].map(([name, { failed, service }]) => ({ name, succeeded: service.count, failed, service })),
    get fault() {
      return fault
    },
  }
}

function findProblem(name: unknown, known: number): string | undefined {
  if (typeof name !== 'string' || name === '' || name.length > longestStepName) {
    return `iteration.step: expected a name of 1 to ${longestStepName} characters, got ${JSON.stringify(name)}`
  }
  if (known < mostStepNames) return undefined
  return `iteration.step: '${name}' is one more than the ${mostStepNames} names that steps may have: name the kind of request, and leave ids and numbers out`
}
