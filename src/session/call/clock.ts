import type { CallScope } from './call-scope.ts'

/** Time and chance, as the retries need them. */
export type RetryClock = {
  /** Milliseconds since 1970. */
  nowMs(): number
  /** At least 0, less than 1. */
  random(): number
  /** Resolves after `ms`; rejects with the reason when the call is cancelled first. */
  sleep(ms: number, scope: CallScope): Promise<void>
}

/** The real clock. */
export const systemClock: RetryClock = {
  nowMs: () => Date.now(),
  random: () => Math.random(),
  sleep: (ms, scope) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        scope.setCurrent(undefined)
        resolve()
      }, ms)
      scope.setCurrent((reason) => {
        clearTimeout(timer)
        reject(reason)
      })
    }),
}
