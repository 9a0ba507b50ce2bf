/**
 * One request that carried an `X-Request-Id`. Times are milliseconds of the machine's monotonic clock (`process.hrtime`),
 * which is the same in all its processes and threads: a client on the machine can compare them with its own.
 */
export interface LoggedRequest {
  readonly id: string
  readonly template: string
  readonly status: number
  readonly arrivedMs: number
  readonly answeredMs: number
  /** What the server meant to wait before answering. */
  readonly injectedMs: number
}

const maxEntries = 100_000
/** Longest id of a request: the server remembers many. */
export const maxIdLength = 256

/** The latest requests with an id, oldest first; when it is full the oldest make room. */
export class RequestLog {
  #entries: LoggedRequest[] = []
  #next = 0

  add(entry: LoggedRequest): void {
    if (this.#entries.length < maxEntries) this.#entries.push(entry)
    else this.#entries[this.#next] = entry
    this.#next = (this.#next + 1) % maxEntries
  }

  reset(): void {
    this.#entries = []
    this.#next = 0
  }

  snapshot(): LoggedRequest[] {
    const full = this.#entries.length === maxEntries
    return full ? [...this.#entries.slice(this.#next), ...this.#entries.slice(0, this.#next)] : [...this.#entries]
  }
}
