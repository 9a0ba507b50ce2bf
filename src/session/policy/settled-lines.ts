/** Cookies whose lines are remembered before the memory starts anew: a bound on memory, not a tuning knob. */
const MAX_COOKIES = 1_000

/** Where a line came from: what its meaning depends on. */
type LineSource = {
  readonly hostname: string
  readonly secure: boolean
  /** Of a cookie that says no path of its own. */
  readonly defaultPath: string
}

/** The cookie that a line has set. */
export type SetCookie = {
  readonly name: string
  readonly domain: string
  readonly path: string
  /** The path is where the line came from. */
  readonly hasDefaultPath: boolean
}

/** `defaultPath` is null for a line that means the same wherever on its host it comes from. */
type Settled = Omit<LineSource, 'defaultPath'> & { readonly line: string; readonly defaultPath: string | null }

/**
 * Set-Cookie lines that need not be stored again: sites repeat theirs on every answer, whatever its URL, and storing one
 * costs more than the rest of a call. A line is forgotten when another sets its cookie.
 */
export class SettledLines {
  readonly #byLine = new Map<string, readonly Settled[]>()
  // By the cookie that the line has set, so that only the last line that set it is settled.
  readonly #byCookie = new Map<string, Settled>()

  /** True when storing the line again would change nothing. */
  has(line: string, { hostname, secure, defaultPath }: LineSource): boolean {
    const known = this.#byLine.get(line)
    return (
      known?.some(
        (one) =>
          one.hostname === hostname &&
          one.secure === secure &&
          (one.defaultPath === null || one.defaultPath === defaultPath),
      ) === true
    )
  }

  /** Remembers what a line has set; null when it was refused, as it will be again. */
  add(line: string, source: LineSource, cookie: SetCookie | null): void {
    if (this.#byCookie.size >= MAX_COOKIES) this.clear()
    const settled = { ...source, line, defaultPath: cookie?.hasDefaultPath === false ? null : source.defaultPath }
    const identity =
      cookie === null ? `${source.hostname}\n\n${line}` : `${cookie.domain}\n${cookie.path}\n${cookie.name}`
    const before = this.#byCookie.get(identity)
    if (before !== undefined) this.#forget(before)
    this.#byCookie.set(identity, settled)
    // A Max-Age counts anew from each answer that brings it.
    if (!/;\s*max-age\s*=/i.test(line)) this.#byLine.set(line, [...(this.#byLine.get(line) ?? []), settled])
  }

  /** The jar has been changed by other means. */
  clear(): void {
    this.#byLine.clear()
    this.#byCookie.clear()
  }

  #forget(settled: Settled): void {
    const others = this.#byLine.get(settled.line)?.filter((one) => one !== settled) ?? []
    if (others.length === 0) this.#byLine.delete(settled.line)
    else this.#byLine.set(settled.line, others)
  }
}
