import type { ServerState } from '../server-state.ts'

export type Scheme = 'http' | 'https'

/** A request as the routes see it, whichever protocol and listener it came by. */
export interface Ask {
  readonly method: string
  /** Path of the target, still percent-encoded. */
  readonly path: string
  /** Query of the target without the `?`, still encoded. */
  readonly query: string
  /** Names and values alternating, as they arrived. */
  readonly rawHeaders: readonly string[]
  readonly scheme: Scheme
  readonly remoteAddress: string
  /** The whole body; empty unless the route reads bodies. */
  readonly body: Buffer
  readonly state: ServerState
  /** Waits; ends early (and the reply goes nowhere) when the client leaves. */
  pause(ms: number): Promise<void>
  /** As `pause`, but exact: until a moment of `performance.now()`. */
  pauseUntil(dueMs: number): Promise<void>
  /** Which request on its connection this is, counted from 1. */
  readonly nth: number
}

/** The value of a header, `undefined` when absent; repeated headers are joined as Node and WSGI do. */
export function headerOf(ask: Pick<Ask, 'rawHeaders'>, name: string): string | undefined {
  const { rawHeaders } = ask
  const separator = name === 'cookie' ? '; ' : ','
  let value: string | undefined
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const theirs = rawHeaders[i] as string
    // Most look-ups find nothing, and lengths tell that apart without making a string.
    if (theirs.length !== name.length || theirs.toLowerCase() !== name) continue
    const next = rawHeaders[i + 1] as string
    value = value === undefined ? next : value + separator + next
  }
  return value
}

/** Splits a request target into path and query; the absolute form (`http://host/path`) loses its origin. */
export function splitTarget(target: string): { path: string; query: string } {
  const withoutHash = target.includes('#') ? target.slice(0, target.indexOf('#')) : target
  const local = withoutHash.startsWith('/') ? withoutHash : withoutHash.replace(/^https?:\/\/[^/?]*/i, '')
  const mark = local.indexOf('?')
  const path = mark < 0 ? local : local.slice(0, mark)
  return { path: path || '/', query: mark < 0 ? '' : local.slice(mark + 1) }
}
