import { type Auth, type ResolvedAuth, resolveAuth } from './auth.ts'
import {
  type CallContext,
  makeCall,
  makeFirstHop,
  NO_OPTIONS,
  REQUEST_CHECKS,
  type RequestOptions,
  readMethod,
} from './call.ts'
import type { CallScope } from './call-scope.ts'
import { checkOptions } from './check-options.ts'
import { systemClock } from './clock.ts'
import { Cookies } from './cookies.ts'
import { SessionClosed } from './errors.ts'
import { HttpHeaders } from './headers.ts'
import { encodeParams, readParams } from './params.ts'
import type { HttpResponse } from './response.ts'
import { sendWithHooks } from './send-with-hooks.ts'
import {
  type ResolvedSessionOptions,
  resolveSessionOptions,
  SESSION_DEFAULTS,
  type SessionOptions,
} from './session-options.ts'
import { readTarget, type Target } from './target.ts'
import type { Transport } from './transport.ts'
import { UndiciTransport } from './undici-transport.ts'

/** What a session has done so far, and what it holds just now. */
export type SessionStats = {
  readonly connectionsOpened: number
  /** Requests that went out on a connection that had carried one before. */
  readonly requestsOnReused: number
  /** Connections open and free. */
  readonly idle: number
  /** Requests under way, bodies included. */
  readonly busy: number
  /** Requests waiting for a connection. */
  readonly pending: number
  readonly retries: number
  /** Requests sent a second time because a kept connection had died. */
  readonly staleResends: number
}

/** Parsed URLs that are remembered: a bound on memory, not a tuning knob. */
const MAX_TARGETS = 1_000

/**
 * An HTTP client that keeps connections, cookies, headers and credentials from call to call. Any number of calls may
 * run at the same time.
 * @example
 * await using session = new Session({ baseUrl: 'https://api.example.com', timeoutMs: 5_000 })
 * await session.post('/login', { form: { user, password } })
 * const me = await (await session.get('/me')).raiseForStatus().json()
 */
export class Session implements AsyncDisposable {
  /** Sent with every call; a call's own headers win. */
  readonly headers: HttpHeaders
  /** Appended to every URL; a call's own parameters win. */
  readonly params: URLSearchParams
  /** Received from responses, sent where they belong. */
  readonly cookies: Cookies
  readonly #options: ResolvedSessionOptions
  readonly #transport: Transport
  readonly #sleeping = new Set<CallScope>()
  readonly #counters = { retries: 0, staleResends: 0 }
  readonly #targets = new Map<string, Target>()
  #auth: Auth | null
  #resolvedAuth: ResolvedAuth
  #calls = 0
  #closed: SessionClosed | undefined
  #onIdle: (() => void) | undefined

  /** @throws InvalidOption that lists everything that is wrong with the options */
  constructor(options: SessionOptions = {}) {
    this.#options = resolveSessionOptions(options)
    this.headers = new HttpHeaders(SESSION_DEFAULTS.headers)
    if (options.headers !== undefined) this.headers.update(options.headers)
    this.params = new URLSearchParams(encodeParams(readParams(options.params)))
    this.cookies = new Cookies(this.#options.baseUrl, options.cookies)
    this.#auth = options.auth ?? null
    this.#resolvedAuth = resolveAuth(this.#auth)
    this.#transport = new UndiciTransport({ pool: this.#options.pool, tls: this.#options.tls, keep: true })
  }

  /** Used for every call that has no auth of its own; null for none. */
  get auth(): Auth | null {
    return this.#auth
  }

  set auth(auth: Auth | null) {
    this.#auth = auth
    this.#resolvedAuth = resolveAuth(auth)
  }

  /**
   * Sends a request and resolves when the response's headers are in.
   * @throws SessionError of one of its kinds (see errors.ts), or the signal's reason
   * @example const response = await session.request('PUT', '/items/7', { json: { name: 'lamp' } })
   */
  async request(method: string, url: string | URL, options: RequestOptions = NO_OPTIONS): Promise<HttpResponse> {
    if (this.#closed !== undefined) throw this.#closed
    if (options !== NO_OPTIONS) checkOptions(options, REQUEST_CHECKS, 'options')
    const context = this.#context()
    const verb = readMethod(method)
    const hop = makeFirstHop(context, verb, this.#target(url), options)
    const call = makeCall(context, verb, hop.target, options)
    this.#calls += 1
    try {
      const response = await sendWithHooks(call, hop)
      if (call.scope !== null) response.onSettled(() => call.scope?.dispose())
      return response
    } catch (error) {
      call.scope?.dispose()
      throw error
    } finally {
      this.#calls -= 1
      if (this.#calls === 0) this.#onIdle?.()
    }
  }

  get(url: string | URL, options?: RequestOptions): Promise<HttpResponse> {
    return this.request('GET', url, options)
  }

  /** Redirects are not followed unless asked for. */
  head(url: string | URL, options?: RequestOptions): Promise<HttpResponse> {
    return this.request('HEAD', url, options)
  }

  options(url: string | URL, options?: RequestOptions): Promise<HttpResponse> {
    return this.request('OPTIONS', url, options)
  }

  post(url: string | URL, options?: RequestOptions): Promise<HttpResponse> {
    return this.request('POST', url, options)
  }

  put(url: string | URL, options?: RequestOptions): Promise<HttpResponse> {
    return this.request('PUT', url, options)
  }

  patch(url: string | URL, options?: RequestOptions): Promise<HttpResponse> {
    return this.request('PATCH', url, options)
  }

  delete(url: string | URL, options?: RequestOptions): Promise<HttpResponse> {
    return this.request('DELETE', url, options)
  }

  /** What the session has done and holds. */
  stats(): SessionStats {
    return { ...this.#transport.stats(), ...this.#counters }
  }

  /** Takes no further calls, waits for those under way and for bodies being read, then closes every connection. */
  async close(): Promise<void> {
    this.#closed ??= new SessionClosed('The session is closed: make a new one', { code: 'SESSION_CLOSED' })
    if (this.#calls > 0)
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve
      })
    await this.#transport.close()
  }

  /** Ends everything at once: calls under way reject with `SessionClosed`, code `SESSION_DESTROYED`. */
  async destroy(): Promise<void> {
    this.#closed = new SessionClosed('The session was destroyed', { code: 'SESSION_DESTROYED' })
    for (const scope of this.#sleeping) scope.cancel(this.#closed)
    await this.#transport.destroy(this.#closed)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #context(): CallContext {
    return {
      options: this.#options,
      headers: this.headers,
      params: this.params.size === 0 ? NO_PARAMS : readParams(this.params),
      cookies: this.cookies,
      auth: this.#resolvedAuth,
      transport: this.#transport,
      counters: this.#counters,
      clock: systemClock,
      sleeping: this.#sleeping,
    }
  }

  #target(url: string | URL): Target {
    if (typeof url !== 'string') return readTarget(url)
    const known = this.#targets.get(url)
    if (known !== undefined) return known
    const target = readTarget(url, this.#options.baseUrl)
    if (this.#targets.size >= MAX_TARGETS) this.#targets.clear()
    this.#targets.set(url, target)
    return target
  }
}

const NO_PARAMS = Object.freeze([])
