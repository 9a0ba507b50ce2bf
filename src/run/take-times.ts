import { BenchError } from '../bench-error.ts'
import type { RunEvent, Untimed } from '../document/run-event.ts'

type Failure = Extract<RunEvent, { kind: 'failure' }>

/**
 * Gives each event the time at which it happened, by a clock that nobody sets meanwhile. A bug that ends the telling is told
 * before it is thrown.
 */
export async function* takeTimes<Event extends { readonly atMs: number }>(
  tell: (elapsedMs: () => number) => AsyncIterable<Untimed<Event>>,
): AsyncGenerator<Event | Failure, void, void> {
  const startMs = performance.now()
  const elapsedMs = () => performance.now() - startMs
  const atMs = () => Number(elapsedMs().toFixed(3))
  let hasBegun = false
  try {
    for await (const event of tell(elapsedMs)) {
      hasBegun = true
      yield { atMs: atMs(), ...event } as unknown as Event
    }
  } catch (error) {
    if (hasBegun) yield { atMs: atMs(), ...failureOf(error) }
    throw error
  }
}

function failureOf(error: unknown): Omit<Failure, 'atMs'> {
  const message = error instanceof Error ? error.message : String(error)
  return { kind: 'failure', code: error instanceof BenchError ? error.code : 'BUG', message }
}
