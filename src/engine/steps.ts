import { Histogram } from '../sample/histogram.ts'
import { atKey } from '../session/at.ts'

/** When an iteration started and ended; ms of the engine's clock. */
export interface IterationTimes {
  readonly beginMs: number
  readonly endMs: number
}

/** What became of the steps of one name. */
export interface StepTotals {
  readonly name: string
  readonly succeeded: number
  readonly failed: number
  /** Start to end of those that succeeded in iterations that were timed. */
  readonly service: Histogram
}

interface Entry {
  failed: number
  untimed: number
  readonly service: Histogram
}

/** Takes up what becomes of steps. */
export interface StepCounter {
  /** Throws when a step cannot have this name; the first such error is kept as `fault`. */
  admit(name: string): void
  succeed(name: string, times: IterationTimes): void
  fail(name: string): void
}

/** The steps of a block, by name; its size is bounded by the number of names that it allows. */
export interface StepTally extends StepCounter {
  /** For iterations that are counted with the others, and not timed. */
  readonly untimed: StepCounter
  /** In the order in which the names first came up. */
  read(): readonly StepTotals[]
  readonly fault: Error | undefined
}

/** A name stands for a kind of request: each has a histogram, in every block. */
export const mostStepNames = 32
const longestStepName = 40

export function makeStepTally(): StepTally {
  const steps = new Map<string, Entry>()
  let fault: Error | undefined
  const stepOf = (name: string) => atKey(steps, name)
  const admit = (name: string) => {
    if (steps.has(name)) return
    const problem = findProblem(name, steps.size)
    if (problem === undefined) {
      steps.set(name, { failed: 0, untimed: 0, service: new Histogram() })
      return
    }
    fault ??= new Error(problem)
    throw new Error(problem)
  }
  const fail = (name: string) => {
    stepOf(name).failed++
  }
  const countOnly = (name: string) => {
    stepOf(name).untimed++
  }
  return {
    ...{ admit, fail },
    succeed: (name, { beginMs, endMs }) => stepOf(name).service.record((endMs - beginMs) * 1_000),
    untimed: { admit, fail, succeed: countOnly },
    read: () =>
      [...steps].map(([name, { failed, untimed, service }]) => {
        return { name, succeeded: service.count + untimed, failed, service }
      }),
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
