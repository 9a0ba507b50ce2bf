import type { WireTimeouts } from './transport.ts'

/** undici counts its timeouts in steps of half a second: shorter limits than this are kept by a timer of our own. */
const PRECISE_BELOW_MS = 10_000

/** The phases of one exchange that have a limit. */
export type Phase = 'headers' | 'body'

/** The limit that undici is to keep: none when we keep it ourselves. */
export function coarseMs(limitMs: number): number {
  return isPrecise(limitMs) ? 0 : limitMs
}

/** Keeps the short limits of one exchange. The timer runs only while the other side is waited for. */
export class PhaseTimer {
  readonly #timeouts: WireTimeouts
  readonly #onTimeout: (phase: Phase) => void
  #timer: NodeJS.Timeout | undefined

  constructor(timeouts: WireTimeouts, onTimeout: (phase: Phase) => void) {
    this.#timeouts = timeouts
    this.#onTimeout = onTimeout
  }

  /** True when one of the limits is short enough to be kept here. */
  static isNeeded({ headers, body }: WireTimeouts): boolean {
    return isPrecise(headers) || isPrecise(body)
  }

  start(phase: Phase): void {
    this.stop()
    const limitMs = this.#timeouts[phase]
    if (isPrecise(limitMs)) this.#timer = setTimeout(() => this.#onTimeout(phase), limitMs)
  }

  /** The other side has shown life. */
  refresh(): void {
    this.#timer?.refresh()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}

function isPrecise(limitMs: number): boolean {
  return limitMs > 0 && limitMs < PRECISE_BELOW_MS
}
