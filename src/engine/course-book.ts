import type { Course } from '../sample/open-loop.ts'
import type { CourseRequest } from '../scenario/resolve-scenario.ts'

/** Takes up what came and what ended in each step of an open loop; its size is bounded by the number of steps. */
export interface CourseBook {
  /** An arrival is due, ms since the start, whether it is sent then or not. */
  arrive(dueMs: number): void
  begin(atMs: number): void
  end(atMs: number, outcome: 'succeeded' | 'failed'): void
  read(): Course
}

interface CourseOptions extends CourseRequest {
  readonly durationMs: number
  readonly ratePerSecond: number
  readonly process: 'constant' | 'poisson'
}

/**
 * Steps of one length over the block. At a constant rate each begins with an arrival and has as many as any other: where an
 * answer takes the same time, as many end in each, and what is under way between two steps is no more by chance.
 */
export function makeCourseBook(options: CourseOptions): CourseBook {
  const { places } = options
  const stepMs = chooseStep(options)
  const count = Math.max(1, Math.floor(options.durationMs / stepMs + rounding))
  const zeros = () => Array<number>(count).fill(0)
  const course = { stepMs, places, arrived: zeros(), succeeded: zeros(), failed: zeros(), usedMs: zeros() }
  const add = (values: number[], atMs: number, value = 1) => {
    const step = Math.floor(atMs / stepMs + rounding)
    if (step >= 0 && step < count) values[step] = (values[step] as number) + value
  }
  let underWay = 0
  let lastMs = 0
  const advance = (atMs: number) => {
    const used = Math.min(underWay, places)
    // What lasts over the end of a step belongs to both.
    for (let fromMs = lastMs; used > 0 && fromMs < atMs; ) {
      const endMs = (Math.floor(fromMs / stepMs + rounding) + 1) * stepMs
      add(course.usedMs, fromMs, used * (Math.min(endMs, atMs) - fromMs))
      fromMs = endMs
    }
    lastMs = Math.max(lastMs, atMs)
  }
  return {
    arrive: (dueMs) => add(course.arrived, dueMs),
    begin(atMs) {
      advance(atMs)
      underWay++
    },
    end(atMs, outcome) {
      advance(atMs)
      underWay--
      add(course[outcome], atMs)
    },
    read() {
      advance(count * stepMs)
      return course
    },
  }
}

/** Of a step, so that an arrival which is due at its very beginning is not taken for one before. */
const rounding = 1e-6

function chooseStep({ durationMs, ratePerSecond, process, steps }: CourseOptions): number {
  if (process === 'poisson') return durationMs / steps
  const arrivals = Math.max(1, Math.floor((durationMs * ratePerSecond) / 1_000 / steps))
  return (arrivals * 1_000) / ratePerSecond
}
