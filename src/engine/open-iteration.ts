import type { Clock } from '../probe/clock.ts'
import type { IsFailure } from '../probe/status-book.ts'
import type { Iteration, User } from '../scenario/iteration.ts'
import { settleStep } from './settle-result.ts'
import type { StepCounter } from './steps.ts'

/** What an iteration is told of its place in the run. */
interface IterationPlace {
  readonly index: number
  readonly data: unknown
  readonly user: User
}

/** An iteration under way. */
interface OpenIteration {
  readonly iteration: Iteration
  /** Throws when a step is still under way: what it goes on to do would be measured as another iteration's. */
  end(): void
}

interface IterationSetting {
  readonly clock: Clock
  readonly steps: StepCounter
  /** @default every status from 400 on */
  readonly isFailure?: IsFailure | undefined
}

/** What the function of an iteration gets beside its signal; its steps go into the tally. */
export function openIteration(place: IterationPlace, { clock, steps, isFailure }: IterationSetting): OpenIteration {
  const underWay: string[] = []
  async function step<Value>(name: string, work: () => Value): Promise<Awaited<Value>> {
    steps.admit(name)
    underWay.push(name)
    const beginMs = clock.nowMs()
    try {
      const came = await work()
      const pending = settleStep(came, isFailure)
      const value = pending === undefined ? came : ((await pending) as Awaited<Value>)
      steps.succeed(name, { beginMs, endMs: clock.nowMs() })
      return value
    } catch (error) {
      steps.fail(name)
      throw error
    } finally {
      underWay.splice(underWay.indexOf(name), 1)
    }
  }
  return {
    iteration: { ...place, step },
    end() {
      const [name] = underWay
      if (name !== undefined)
        throw new Error(`the step '${name}' was still under way at the end of its iteration: await it`)
    },
  }
}
