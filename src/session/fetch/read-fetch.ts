import type { RequestOptions } from '../call/call.ts'
import type { HookRedirect, Hooks } from '../call/hooks.ts'
import type { RequestTarget } from '../head/target.ts'
import { readFetchBody, standInFor } from './read-fetch-body.ts'

/** One fetch, read and checked: a call of the session's, and what fetch itself is to do about it. */
export type FetchCall = {
  readonly method: string
  readonly target: RequestTarget
  readonly options: RequestOptions
  /** Hashes, one of which the body must have (Subresource Integrity), or empty. */
  readonly integrity: string
  /** False for `credentials: 'omit'`. */
  readonly withCredentials: boolean
}

type Description = Pick<
  Request,
  'method' | 'headers' | 'body' | 'cache' | 'credentials' | 'integrity' | 'mode' | 'redirect'
>

/** What is read of fetch's second argument: all but the signal, which is followed without the platform's help. */
const MEMBERS = [
  'method',
  'headers',
  'body',
  'mode',
  'credentials',
  'cache',
  'redirect',
  'referrer',
  'referrerPolicy',
  'integrity',
  'keepalive',
  'priority',
  'duplex',
  'window',
]

const PLAIN_GET: Description = new Request('http://localhost/')

// A Request owns the controller that its signal hears of, and could be collected while only the signal is held.
const ownerOf = new WeakMap<AbortSignal, Request>()

/**
 * Reads what fetch was called with. The platform's own Request checks it and normalizes it.
 * @throws TypeError when it cannot be sent, or the reason of a signal that is aborted already
 */
export async function readFetch(
  target: RequestTarget,
  input: string | Request,
  init: RequestInit | null | undefined,
): Promise<FetchCall> {
  const members = readMembers(init)
  const signal = readSignal(input, init)
  const request = describe(typeof input === 'string' ? target.href : input, members)
  if (signal?.aborted) {
    request.body?.cancel(signal.reason).catch(() => {})
    throw signal.reason
  }
  const { method, credentials, integrity, mode, redirect } = request
  const headers = withCacheHeaders(request)
  const body = await readFetchBody(members?.body, request.body)
  const withCredentials = credentials !== 'omit'
  return {
    method,
    target,
    options: {
      headers,
      body,
      signal,
      redirect,
      ...(withCredentials ? {} : { auth: null }),
      ...(mode === 'same-origin' ? { hooks: stayOn(target.origin) } : {}),
    },
    integrity,
    withCredentials,
  }
}

/** Each member read once, inherited ones too, as of any dictionary; undefined when there is none. */
function readMembers(init: RequestInit | null | undefined): Record<string, unknown> | undefined {
  if (init === undefined || init === null) return undefined
  if (typeof init !== 'object') throw new TypeError('The second argument of fetch must be an object')
  const given = init as unknown as Record<string, unknown>
  if (given.dispatcher != null) {
    throw new TypeError('A session has connections of its own and takes no dispatcher: see proxies, mount() and pool')
  }
  let members: Record<string, unknown> | undefined
  for (const name of MEMBERS) {
    const value = given[name]
    if (value === undefined) continue
    members ??= {}
    members[name] = value
  }
  return members
}

function readSignal(input: string | Request, init: RequestInit | null | undefined): AbortSignal | undefined {
  const given: unknown = init?.signal
  if (given === undefined && typeof input !== 'string') {
    ownerOf.set(input.signal, input)
    return input.signal
  }
  if (given == null) return undefined
  if (!(given instanceof AbortSignal)) throw new TypeError('signal must be an AbortSignal')
  return given
}

function describe(input: string | Request, members: Record<string, unknown> | undefined): Description {
  if (members !== undefined) {
    // A Request that followed the signal would leave a listener on it.
    return new Request(input, { ...members, body: standInFor(members.body), signal: null } as RequestInit)
  }
  if (typeof input === 'string') return PLAIN_GET
  if (input.bodyUsed || input.body?.locked) throw new TypeError('The body of the Request has been used already')
  return input
}

/** `mode: 'same-origin'`: no redirect may lead to another one. */
function stayOn(origin: string): Hooks {
  const refuse = ({ next }: HookRedirect) => {
    if (new URL(next.url).origin === origin) return
    throw new TypeError('fetch failed', { cause: new Error(`mode is same-origin, and ${origin} redirects elsewhere`) })
  }
  return { beforeRedirect: refuse }
}

const CONDITIONS = ['if-modified-since', 'if-none-match', 'if-unmodified-since', 'if-match', 'if-range']

/** There is no cache here, but on the way there may be: what the cache mode asks of those. */
function withCacheHeaders({ cache, headers }: Description): Headers {
  const isOwnCheck = cache === 'default' && CONDITIONS.some((name) => headers.has(name))
  if (cache === 'no-cache') return withDefaults(headers, { 'cache-control': 'max-age=0' })
  if (cache === 'no-store' || cache === 'reload' || isOwnCheck) {
    return withDefaults(headers, { pragma: 'no-cache', 'cache-control': 'no-cache' })
  }
  return headers
}

function withDefaults(headers: Headers, defaults: Readonly<Record<string, string>>): Headers {
  const all = new Headers(headers)
  for (const [name, value] of Object.entries(defaults)) if (!all.has(name)) all.set(name, value)
  return all
}
