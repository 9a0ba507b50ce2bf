import type { AuthRequest } from '../policy/auth.ts'
import type { HttpResponse } from '../response.ts'

/** A request that a hook may change: its headers, before it is sent; just what an auth function sees of it. */
export type HookRequest = AuthRequest

/** A retry that is about to be made. Throw in the hook to make no further try. */
export type HookRetry = {
  /** Of the request that is sent again. */
  readonly method: string
  /** Of the request that is sent again. */
  readonly url: string
  /** 1 for the first retry. */
  readonly attempt: number
  /** The wait before it, in ms: back-off or Retry-After. */
  readonly waitMs: number
  /** The response that is tried again on, or null after an error. */
  readonly response: HttpResponse | null
  /** The error that is tried again after, or null. */
  readonly error: unknown
}

/** A redirect that is about to be followed. Throw in the hook to stop. */
export type HookRedirect = { readonly response: HttpResponse; readonly next: HookRequest }

/** Looks at the final response, or returns another in its place. */
export type ResponseHook =
  | ((response: HttpResponse) => void | Promise<void>)
  | ((response: HttpResponse) => HttpResponse | undefined | Promise<HttpResponse | undefined>)

type OneOrMany<T> = T | readonly T[]

/**
 * Functions called on the way of a call; each may be one or a list, and may be async. What a hook throws ends the call.
 * @example { beforeRequest: ({ headers }) => { headers.set('X-Request-Id', randomUUID()) } }
 */
export type Hooks = {
  /** Once per call, before the first request; auth comes later. */
  readonly beforeRequest?: OneOrMany<(request: HookRequest) => void | Promise<void>> | undefined
  /** Once per call, with the final response; a response that is returned takes its place. */
  readonly afterResponse?: OneOrMany<ResponseHook> | undefined
  /** Before each redirect is followed. */
  readonly beforeRedirect?: OneOrMany<(redirect: HookRedirect) => void | Promise<void>> | undefined
  /** Before each retry, and before its wait. */
  readonly beforeRetry?: OneOrMany<(retry: HookRetry) => void | Promise<void>> | undefined
}

/** Hooks as lists. */
export type ResolvedHooks = {
  readonly beforeRequest: readonly ((request: HookRequest) => void | Promise<void>)[]
  readonly afterResponse: readonly ResponseHook[]
  readonly beforeRedirect: readonly ((redirect: HookRedirect) => void | Promise<void>)[]
  readonly beforeRetry: readonly ((retry: HookRetry) => void | Promise<void>)[]
}

/** No hook at all. */
export const NO_HOOKS: ResolvedHooks = Object.freeze({
  beforeRequest: [],
  afterResponse: [],
  beforeRedirect: [],
  beforeRetry: [],
})

/** Adds hooks after others: a session's run before a call's. */
export function mergeHooks(base: ResolvedHooks, over: Hooks | undefined): ResolvedHooks {
  if (over === undefined) return base
  return {
    beforeRequest: [...base.beforeRequest, ...toList(over.beforeRequest)],
    afterResponse: [...base.afterResponse, ...toList(over.afterResponse)],
    beforeRedirect: [...base.beforeRedirect, ...toList(over.beforeRedirect)],
    beforeRetry: [...base.beforeRetry, ...toList(over.beforeRetry)],
  }
}

function toList<T>(hooks: OneOrMany<T> | undefined): readonly T[] {
  if (hooks === undefined) return []
  return Array.isArray(hooks) ? hooks : [hooks as T]
}
