import { releaseBodies } from './body/release-body.ts'
import {
  type CallContext,
  type Lane,
  NO_OPTIONS,
  REQUEST_CHECKS,
  type RequestOptions,
  readMethod,
} from './call/call.ts'
import type { CallScope } from './call/call-scope.ts'
import { systemClock } from './call/clock.ts'
import { type ManyInput, type ManyOptions, runAll } from './call/run-all.ts'
import { type CallRequest, runCall } from './call/run-call.ts'
import { withoutCredentials } from './call/without-credentials.ts'
import { SessionClosed } from './errors.ts'
import { type FetchClient, fetchThrough } from './fetch/fetch.ts'
import { HttpHeaders, masking } from './head/headers.ts'
import { encodeParams, readParams } from './head/params.ts'
import { type RequestTarget, readTarget } from './head/target.ts'
import { type Adapter, Mounts } from './options/adapter.ts'
import { checkOptions } from './options/check-options.ts'
import { CHECK_AUTH } from './options/session-checks.ts'
import {
  type ResolvedSessionOptions,
  resolveSessionOptions,
  SESSION_DEFAULTS,
  type SessionOptions,
} from './options/session-options.ts'
import { type Auth, resolveAuth } from './policy/auth.ts'
import { Cookies } from './policy/cookies.ts'
import type { HttpResponse } from './response.ts'
import { type ResponsePromise, withReaders } from './response-promise.ts'
import { type SessionStats, sumStats } from './session-stats.ts'
import { UndiciTransport } from './wire/undici-transport.ts'

/** Parsed URLs that are remembered: a bound on memory, not a tuning knob. */
const MAX_TARGETS = 1_000

/**
 * An HTTP client that keeps connections, cookies, headers and credentials from call to call. Any number of calls may
 * run at the same time.
 * @example
 * await using session = new Session({ baseUrl: 'https://api.example.com', timeoutMs: 5_000 })
 * await session.post('/login', { form: { user, password } })
 * const me = await session.get('/me', { raiseForStatus: true }).json()
 */
export class Session implements AsyncDisposable {
  /** Sent with every call; a call's own headers win. */
  readonly headers: HttpHeaders
  /** Appended to every URL; a call's own parameters win. */
  readonly params: URLSearchParams
  /** Received from responses, sent where they belong. */
  readonly cookies: Cookies
  readonly #options: ResolvedSessionOptions
  readonly #lane: Lane
  readonly #mounts = new Mounts()
  // Unmounted ones may still carry calls, and are closed with the session.
  readonly #adapters = new Set<Adapter>()
  readonly #sleeping = new Set<CallScope>()
  readonly #counters = { retries: 0, staleResends: 0 }
  readonly #targets = new Map<string, RequestTarget>()
  #auth: Auth | null
  // What every call starts from; its params are read from `params` when there are any.
  #context: CallContext
  #calls = 0
  #closed: SessionClosed | undefined
  #onIdle: (() => void) | undefined
  #closing: Promise<void> | undefined

  /** @throws InvalidOption that lists everything that is wrong with the options */
  constructor(options: SessionOptions = {}) {
    this.#options = resolveSessionOptions(options)
    this.headers = masking(new HttpHeaders(SESSION_DEFAULTS.headers), this.#options.sensitiveHeaders)
    if (options.headers !== undefined) this.headers.update(options.headers)
    this.params = new URLSearchParams(encodeParams(readParams(options.params)))
    this.cookies = new Cookies(this.#options.baseUrl, options.cookies)
    this.#auth = options.auth ?? null
    const { pool, tls, retry, proxies } = this.#options
    this.#lane = { transport: new UndiciTransport({ pool, tls, keep: true }), retry, proxies }
    this.#context = {
      options: this.#options,
      headers: this.headers,
      params: NO_PARAMS,
      cookies: this.cookies,
      auth: resolveAuth(this.#auth),
      laneFor: (target) => this.#laneFor(target),
      counters: this.#counters,
      clock: systemClock,
      sleeping: this.#sleeping,
    }
  }

  /** Used for every call that has no auth of its own; null for none. */
  get auth(): Auth | null {
    return this.#auth
  }

  /** @throws InvalidOption */
  set auth(auth: Auth | null) {
    checkOptions({ auth }, { auth: CHECK_AUTH }, 'auth')
    this.#context = { ...this.#context, auth: resolveAuth(auth) }
    this.#auth = auth
  }

  /**
   * Sends a request and resolves when the response's headers are in. The promise has the body's readers.
   * @throws SessionError of one of its kinds (see errors.ts), or the signal's reason
   * @example const response = await session.request('PUT', '/items/7', { json: { name: 'lamp' } })
   */
  request(method: string, url: string | URL, options: RequestOptions = NO_OPTIONS): ResponsePromise {
    try {
      if (options !== NO_OPTIONS) checkOptions(options, REQUEST_CHECKS, 'options')
      const call = { method: readMethod(method), target: this.#target(url), options }
      return withReaders(this.#run(this.#startingContext(), call))
    } catch (error) {
      releaseBodies(options)
      return withReaders(Promise.reject(error))
    }
  }

  /** GET. @throws as `request` does @example const page = await session.get('/page', { params: { q: 'x' } }).text() */
  get(url: string | URL, options?: RequestOptions): ResponsePromise {
    return this.request('GET', url, options)
  }

  /** HEAD; redirects are not followed unless `redirect: 'follow'` asks for it. @throws as `request` does */
  head(url: string | URL, options?: RequestOptions): ResponsePromise {
    return this.request('HEAD', url, options)
  }

  /** OPTIONS. @throws as `request` does */
  options(url: string | URL, options?: RequestOptions): ResponsePromise {
    return this.request('OPTIONS', url, options)
  }

  /** POST, with at most one of `json`, `form`, `multipart` and `body`. @throws as `request` does @example await session.post('/items', { json: { name: 'lamp' } }) */
  post(url: string | URL, options?: RequestOptions): ResponsePromise {
    return this.request('POST', url, options)
  }

  /** PUT. @throws as `request` does @example await session.put('/items/7', { json: { name: 'lamp' } }) */
  put(url: string | URL, options?: RequestOptions): ResponsePromise {
    return this.request('PUT', url, options)
  }

  /** PATCH. @throws as `request` does @example await session.patch('/items/7', { json: { price: 5 } }) */
  patch(url: string | URL, options?: RequestOptions): ResponsePromise {
    return this.request('PATCH', url, options)
  }

  /** DELETE. @throws as `request` does @example await session.delete('/items/7') */
  delete(url: string | URL, options?: RequestOptions): ResponsePromise {
    return this.request('DELETE', url, options)
  }

  /**
   * Sends many requests, some at a time, and returns what is read from each in the order of asking. The first error ends
   * the rest and is thrown.
   * @example const titles = await session.all(urls, { concurrency: 5, read: async (page) => titleOf(await page.text()) })
   */
  all<T = HttpResponse>(inputs: Iterable<ManyInput>, options: ManyOptions<T> = {}): Promise<T[]> {
    return runAll(inputs, options, (method, url, own) => this.request(method, url, own))
  }

  /**
   * A WHATWG fetch with this session's cookies, headers, auth, retries and connections. It may be passed on by itself.
   * `credentials: 'omit'` sends neither cookies nor the session's credentials and keeps no cookie; 'same-origin' and
   * 'include' are the same. Unlike Node's: redirects follow the session's rules (`maxRedirects`, `sensitiveHeaders`), the
   * cause of a TypeError is a SessionError, `referrer` makes no header, every port may be asked, a `dispatcher` is refused.
   * @throws TypeError when the network fails (its cause says how), or the signal's reason
   * @example const api = createClient({ fetch: session.fetch })
   */
  readonly fetch = (input: string | URL | Request, init?: RequestInit | null): Promise<Response> =>
    fetchThrough(this.#fetchClient, input, init)

  readonly #fetchClient: FetchClient = {
    resolve: (url) => this.#target(url),
    send: ({ method, target, options, withCredentials }) => {
      const context = this.#startingContext()
      const call = { method, target, options: { ...options, raiseForStatus: false } }
      return this.#run(withCredentials ? context : withoutCredentials(context), call)
    },
  }

  /**
   * Reaches every URL under a prefix through an adapter; the longest prefix wins, upper and lower case are the same.
   * @throws InvalidOption for a prefix that no URL begins with
   * @example session.mount('https://internal.corp/', new Adapter({ ca, retry: 3 }))
   */
  mount(prefix: string, adapter: Adapter): void {
    this.#mounts.mount(prefix, adapter)
    this.#adapters.add(adapter)
  }

  /** Takes the adapter of a prefix away and returns it; its connections are closed with the session. */
  unmount(prefix: string): Adapter | undefined {
    return this.#mounts.unmount(prefix)
  }

  /** The adapter for a URL, or undefined when the session itself reaches it. */
  getAdapter(url: string | URL): Adapter | undefined {
    return this.#mounts.find(this.#target(url))
  }

  /** What the session has done and holds. */
  stats(): SessionStats {
    const transports = this.#lanes().map(({ transport }) => transport)
    return sumStats(transports, this.#counters)
  }

  /** What may be shown of a session: no credential. */
  toJSON(): unknown {
    const { baseUrl } = this.#options
    return {
      baseUrl: baseUrl === undefined ? null : readTarget(baseUrl).href,
      headers: this.headers.toJSON(),
      cookies: this.cookies.getAll().map(({ name, domain, path }) => ({ name, domain, path })),
      stats: this.stats(),
    }
  }

  /** In the console: what `toJSON` gives. */
  [Symbol.for('nodejs.util.inspect.custom')](): unknown {
    return this.toJSON()
  }

  /**
   * Takes no further calls, waits for those under way and for bodies being read, then closes every connection. It ends: a body
   * whose reader takes nothing for `timeoutMs.body` is given up, one that nobody reads sooner (`pool.unreadBodyTimeoutMs`).
   */
  close(): Promise<void> {
    this.#closing ??= this.#finish()
    return this.#closing
  }

  async #finish(): Promise<void> {
    this.#closed ??= new SessionClosed('The session is closed: make a new one', { code: 'SESSION_CLOSED' })
    if (this.#calls > 0)
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve
      })
    await Promise.all(this.#lanes().map(({ transport }) => transport.close()))
  }

  /** Ends everything at once: calls under way reject with `SessionClosed`, code `SESSION_DESTROYED`. */
  async destroy(): Promise<void> {
    this.#closed = new SessionClosed('The session was destroyed', { code: 'SESSION_DESTROYED' })
    const reason = this.#closed
    for (const scope of this.#sleeping) scope.cancel(reason)
    await Promise.all(this.#lanes().map(({ transport }) => transport.destroy(reason)))
  }

  /** `await using` closes as `close` does. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #run(context: CallContext, request: CallRequest): Promise<HttpResponse> {
    this.#calls += 1
    try {
      if (this.#closed !== undefined) throw this.#closed
      return await runCall(context, request)
    } catch (error) {
      if (request.options !== NO_OPTIONS) releaseBodies(request.options)
      throw error
    } finally {
      this.#calls -= 1
      if (this.#calls === 0) this.#onIdle?.()
    }
  }

  #laneFor(target: RequestTarget): Lane {
    return this.#mounts.size === 0 ? this.#lane : (this.#mounts.find(target)?.lane ?? this.#lane)
  }

  #lanes(): readonly Lane[] {
    return [this.#lane, ...[...this.#adapters].map(({ lane }) => lane)]
  }

  #startingContext(): CallContext {
    return this.params.size === 0 ? this.#context : { ...this.#context, params: readParams(this.params) }
  }

  #target(url: string | URL): RequestTarget {
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
