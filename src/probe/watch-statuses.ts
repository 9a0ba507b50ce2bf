import { AsyncLocalStorage } from 'node:async_hooks'
import type { StatusFailure } from '../sample/status-failure.ts'
import { type IsFailure, type IterationStatuses, StatusBook } from './status-book.ts'
import { hearAnswers, hearAskers } from './status-channels.ts'

/** Sees the statuses that the requests of each iteration are answered with, whatever its client makes of them. */
export interface StatusWatch {
  begin(isFailure: IsFailure): IterationStatuses
  /** Runs an iteration so that its requests can be told from those of others. */
  within<Result>(iteration: IterationStatuses, work: () => Result): Result
  /** The iteration is over; returns what it was last answered with, if that was a failure. */
  end(iteration: IterationStatuses): StatusFailure | undefined
  close(): void
}

/**
 * Starts watching. To know whose request it was that failed costs half a µs of CPU time per request, a twentieth of what Session
 * takes for one. So it is asked only from the first answer of 400 or more on, which comes in the warm-up where there are any to
 * speak of: an arm that is answered well pays for a comparison. Who asked for that first one is guessed.
 */
export function watchStatuses(): StatusWatch {
  const contexts = new AsyncLocalStorage<IterationStatuses>()
  const book = new StatusBook()
  let stopAskers: (() => void) | undefined
  const stopAnswers = hearAnswers(
    (status) => status < 400 && book.isClear,
    (answer) => {
      stopAskers ??= hearAskers(() => contexts.getStore())
      book.take(answer)
    },
  )
  return {
    begin: (isFailure) => book.begin(isFailure),
    within: (iteration, work) => (stopAskers === undefined ? work() : contexts.run(iteration, work)),
    end: (iteration) => book.end(iteration),
    close() {
      stopAnswers()
      stopAskers?.()
      contexts.disable()
    },
  }
}
