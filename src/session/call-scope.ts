import { Bag, type BagMember } from '../bag.ts'
import { type RequestSummary, TotalTimeout } from './errors.ts'

type Cancel = (reason: unknown) => void

// One listener per signal however many calls share it: adding and removing one per call would cost more than the call's
// own share of work. The bag lives and dies with its signal.
const scopesOf = new WeakMap<AbortSignal, Bag<CallScope>>()

/**
 * The life of one call, from the first try to the last byte of the body: what can end it early (its signal, its total
 * timeout) and what is to be ended (the request or the back-off that is under way).
 */
export class CallScope implements BagMember {
  /** Among the calls that share its signal. */
  place = -1
  #reason: unknown
  #cancelled = false
  #current: Cancel | undefined
  #waiting: Cancel | undefined
  #timer: NodeJS.Timeout | undefined
  readonly #scopes: Bag<CallScope> | undefined

  constructor(signal: AbortSignal | undefined, totalMs: number, request: RequestSummary) {
    if (signal !== undefined) {
      this.#scopes = joinSignal(signal)
      this.#scopes.add(this)
      if (signal.aborted) this.cancel(signal.reason)
    }
    if (totalMs > 0) {
      this.#timer = setTimeout(() => {
        this.cancel(
          new TotalTimeout(`The call took longer than ${totalMs} ms in all (timeoutMs.total)`, {
            code: 'TOTAL_TIMEOUT',
            timeoutMs: totalMs,
            request,
          }),
        )
      }, totalMs)
    }
  }

  /** Throws the reason when the call has been cancelled. */
  throwIfCancelled(): void {
    if (this.#cancelled) throw this.#reason
  }

  /** Names what is under way, to be cancelled with the call, at once when that has happened; undefined when nothing is. */
  setCurrent(cancel: Cancel | undefined): void {
    this.#current = cancel
    if (this.#cancelled) cancel?.(this.#reason)
  }

  /** Waits for work of the user's; rejects with the reason when the call is cancelled first. */
  race<T>(work: T | Promise<T>): T | Promise<T> {
    if (!(work instanceof Promise)) return work
    return new Promise((resolve, reject) => {
      if (this.#cancelled) reject(this.#reason)
      // Beside what is under way, not in its place: a body may still be coming in while a hook runs.
      this.#waiting = reject
      work.then(resolve, reject).finally(() => {
        this.#waiting = undefined
      })
    })
  }

  cancel(reason: unknown): void {
    if (this.#cancelled) return
    this.#cancelled = true
    this.#reason = reason
    this.dispose()
    this.#current?.(reason)
    this.#waiting?.(reason)
  }

  /** The call is over: lets go of timer and signal. */
  dispose(): void {
    clearTimeout(this.#timer)
    this.#scopes?.delete(this)
  }
}

/** Waits for a hook or a signer within a call's scope, where it has one. */
export function withinScope<T>(scope: CallScope | null, work: T | Promise<T>): T | Promise<T> {
  return scope === null ? work : scope.race(work)
}

function joinSignal(signal: AbortSignal): Bag<CallScope> {
  const known = scopesOf.get(signal)
  if (known !== undefined) return known
  const scopes = new Bag<CallScope>()
  scopesOf.set(signal, scopes)
  signal.addEventListener(
    'abort',
    () => {
      for (const scope of scopes) scope.cancel(signal.reason)
    },
    { once: true },
  )
  return scopes
}
