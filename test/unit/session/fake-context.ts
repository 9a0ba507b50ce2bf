import type { CallContext } from '../../../src/session/call/call.ts'
import type { RetryClock } from '../../../src/session/call/clock.ts'
import { HttpHeaders } from '../../../src/session/head/headers.ts'
import { resolveSessionOptions, type SessionOptions } from '../../../src/session/options/session-options.ts'
import { NO_AUTH } from '../../../src/session/policy/auth.ts'
import { Cookies } from '../../../src/session/policy/cookies.ts'
import type { Transport, WireRequest, WireResponse } from '../../../src/session/wire/transport.ts'

/** What the fake transport does with one request: a response, or an error to throw. */
export type Scripted = Error | { status: number; headers?: Record<string, string | string[]>; body?: string }

/** A context whose transport follows a script and whose clock only writes down the sleeps. */
export function fakeContext(script: (request: WireRequest, nth: number) => Scripted, options: SessionOptions = {}) {
  const requests: WireRequest[] = []
  const sleeps: number[] = []
  const transport: Transport = {
    async send(request) {
      requests.push(request)
      const scripted = script(request, requests.length)
      if (scripted instanceof Error) throw scripted
      return fakeResponse(scripted)
    },
    stats: () => ({ connectionsOpened: 0, requestsOnReused: 0, idle: 0, busy: 0, pending: 0 }),
    close: async () => {},
    destroy: async () => {},
  }
  const clock: RetryClock = {
    nowMs: () => 1_700_000_000_000,
    random: () => 0.5,
    sleep: async (ms, scope) => {
      sleeps.push(ms)
      scope.throwIfCancelled()
    },
  }
  const resolved = resolveSessionOptions(options)
  const context: CallContext = {
    options: resolved,
    headers: new HttpHeaders(),
    params: [],
    cookies: new Cookies(),
    auth: NO_AUTH,
    laneFor: () => ({ transport, retry: resolved.retry, proxies: resolved.proxies }),
    counters: { retries: 0, staleResends: 0 },
    clock,
    sleeping: new Set(),
  }
  return { context, requests, sleeps }
}

function fakeResponse({ status, headers = {}, body = '' }: Exclude<Scripted, Error>): WireResponse {
  let chunks = body === '' ? [] : [Buffer.from(body)]
  return {
    status,
    statusText: '',
    headers,
    body: {
      ended: true,
      read: async () => chunks.shift() ?? null,
      readAll: async () => {
        const all = chunks
        chunks = []
        return all
      },
      drop: () => {},
      onSettled: (callback) => callback(),
    },
  }
}
