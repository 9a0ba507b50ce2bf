import type { Clock } from '../probe/clock.ts'

/** Waits until something is so, or it has taken too long; looks once a millisecond. */
export async function waitFor(isDone: () => boolean, limitMs: number, clock: Clock): Promise<void> {
  const endMs = clock.nowMs() + limitMs
  while (!isDone() && clock.nowMs() < endMs) await clock.sleep(1)
}
