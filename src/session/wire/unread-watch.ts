import type { Exchange } from './exchange.ts'
import { readUnread } from './read-unread.ts'

/** How often the bodies that are not read are looked at, at least, while they hold others up. */
const MOST_BETWEEN_LOOKS_MS = 1_000

/** Looks from time to time for bodies that nobody reads, while they hold somebody up. */
export class UnreadWatch {
  readonly #running: Iterable<Exchange>
  readonly #timeoutMs: number
  readonly #isWaitedFor: () => boolean
  #timer: NodeJS.Timeout | undefined

  constructor(running: Iterable<Exchange>, timeoutMs: number, isWaitedFor: () => boolean) {
    this.#running = running
    this.#timeoutMs = timeoutMs
    this.#isWaitedFor = isWaitedFor
  }

  /** Somebody is held up, or is to be. */
  begin(): void {
    this.#timer ??= setTimeout(() => this.#look(), Math.min(this.#timeoutMs, MOST_BETWEEN_LOOKS_MS)).unref()
  }

  #look(): void {
    this.#timer = undefined
    const look = { timeoutMs: this.#timeoutMs, isWaitedFor: this.#isWaitedFor(), nowMs: performance.now() }
    if (readUnread(this.#running, look)) this.begin()
  }
}
