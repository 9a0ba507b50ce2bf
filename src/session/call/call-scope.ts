import { Bag, type BagMember } from '../bag.ts'
import { type RequestSummary, TotalTimeout } from '../errors.ts'

type Cancel = (reason: unknown) => void

/** The calls under way that share a signal, and their one listener on it. */
type Sharing = { readonly signal: AbortSignal; readonly scopes: Bag<CallScope>; readonly onAbort: () => void }

// One listener per signal however many calls share it: Node warns of a leak from the eleventh on. The last one takes it along.
const sharings = new WeakMap<AbortSignal, Sharing>()

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
  readonly #sharing: Sharing | undefined

  constructor(signal: AbortSignal | undefined, totalMs: number, request: RequestSummary) {
    if (signal !== undefined) {
      this.#sharing = joinSignal(signal, this)
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
    if (this.#sharing !== undefined) leaveSignal(this.#sharing, this)
  }
}

/** Waits for a hook or a signer within a call's scope, where it has one. */
export function withinScope<T>(scope: CallScope | null, work: T | Promise<T>): T | Promise<T> {
  return scope === null ? work : scope.race(work)
}

function joinSignal(signal: AbortSignal, scope: CallScope): Sharing {
  const sharing = sharings.get(signal) ?? makeSharing(signal)
  if (sharing.scopes.size === 0) signal.addEventListener('abort', sharing.onAbort)
  sharing.scopes.add(scope)
  return sharing
}

function leaveSignal({ signal, scopes, onAbort }: Sharing, scope: CallScope): void {
  if (scopes.delete(scope) && scopes.size === 0) signal.removeEventListener('abort', onAbort)
}

function makeSharing(signal: AbortSignal): Sharing {
  const scopes = new Bag<CallScope>()
  const onAbort = () => {
    for (const scope of scopes) scope.cancel(signal.reason)
  }
  const sharing = { signal, scopes, onAbort }
  sharings.set(signal, sharing)
  return sharing
}
