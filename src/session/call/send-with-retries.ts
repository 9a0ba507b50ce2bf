import { BodyError, RetryError, type RetryRecord } from '../errors.ts'
import { fieldsOf } from '../fields-of.ts'
import {
  allowsMethod,
  backoffMs,
  countFailure,
  neverRetries,
  type RetryCounters,
  type RetryReason,
  readReason,
  wantsRetry,
  withRetries,
} from '../policy/retry.ts'
import { readRetryAfterMs } from '../policy/retry-after.ts'
import type { HttpResponse } from '../response.ts'
import type { Call, Hop } from './call.ts'
import { CallScope, withinScope } from './call-scope.ts'
import { orGiveUp } from './or-give-up.ts'
import { sendOnce } from './send-once.ts'

type Outcome = { readonly response: HttpResponse } | { readonly error: unknown }

/** Sends one hop, again and again as the policy allows. Each redirect hop starts with full counters. */
export function sendWithRetries(call: Call, hop: Hop): Promise<HttpResponse> {
  return neverRetries(hop.retry) ? sendOnce(call, hop) : sendAgain(call, hop)
}

async function sendAgain(call: Call, hop: Hop): Promise<HttpResponse> {
  const retries: RetryRecord[] = []
  let counters: RetryCounters = hop.retry
  for (;;) {
    const outcome = await tryOnce(call, hop)
    if ('response' in outcome) outcome.response.retries = retries
    const reason = readOutcome(call, hop, outcome)
    if (reason === undefined) return settle(outcome, retries)
    const next = countFailure(counters, reason)
    if (next === undefined) return giveUp(hop, outcome, retries)
    counters = next
    const wait = () => waitForRetry(call, hop, { outcome, failuresInARow: retries.length + 1 })
    retries.push('response' in outcome ? await orGiveUp(outcome.response, wait) : await wait())
  }
}

async function tryOnce(call: Call, hop: Hop): Promise<Outcome> {
  try {
    return { response: await sendOnce(call, hop) }
  } catch (error) {
    return { error }
  }
}

function readOutcome(call: Call, hop: Hop, outcome: Outcome): RetryReason | undefined {
  if ('response' in outcome) {
    const { status } = outcome.response
    const response = { method: hop.method, status, retryAfterMs: retryAfterMs(call, hop, outcome.response) }
    return wantsRetry(hop.retry, response) ? 'status' : undefined
  }
  const reason = readReason(outcome.error)
  if (reason !== 'read') return reason
  return allowsMethod(hop.retry, hop.method) ? 'read' : undefined
}

function settle(outcome: Outcome, retries: readonly RetryRecord[]): HttpResponse {
  if ('response' in outcome) return outcome.response
  throw withRetries(outcome.error, retries)
}

function giveUp(hop: Hop, outcome: Outcome, retries: readonly RetryRecord[]): HttpResponse {
  if (!('response' in outcome) || !hop.retry.raiseOnStatus) return settle(outcome, retries)
  const { response } = outcome
  const { method, url } = response.request
  const error = new RetryError<HttpResponse>(
    `${method} ${url}: still ${response.status} after ${retries.length} ${retries.length === 1 ? 'retry' : 'retries'}`,
    { code: 'RETRIES_EXHAUSTED', request: response.request, response },
  )
  throw withRetries(error, retries)
}

async function waitForRetry(
  call: Call,
  hop: Hop,
  failed: { readonly outcome: Outcome; readonly failuresInARow: number },
): Promise<RetryRecord> {
  const { clock, counters } = call.context
  const { outcome } = failed
  if (!hop.body.replayable) throw notReplayable(hop, outcome)
  const response = 'response' in outcome ? outcome.response : undefined
  const askedMs = response === undefined ? undefined : retryAfterMs(call, hop, response)
  const waitedMs = askedMs || backoffMs(hop.retry, failed.failuresInARow, clock.random)
  const error = 'error' in outcome ? outcome.error : null
  const attempt = { method: hop.method, url: hop.target.href, attempt: failed.failuresInARow, waitMs: waitedMs }
  for (const hook of call.hooks.beforeRetry)
    await withinScope(call.scope, hook({ ...attempt, response: response ?? null, error }))
  await response?.discard()
  const scope = call.scope ?? new CallScope(undefined, 0, { method: hop.method, url: hop.target.href })
  if (waitedMs > 0) await sleepWithin(call, scope, waitedMs)
  counters.retries += 1
  const code = error === null ? null : String(fieldsOf(error).code)
  return { method: hop.method, url: hop.target.href, status: response?.status ?? null, code, waitedMs }
}

/** Sleeps where both the call's own end and the session's can reach it. */
async function sleepWithin(call: Call, scope: CallScope, ms: number): Promise<void> {
  const { sleeping, clock } = call.context
  sleeping.add(scope)
  try {
    await clock.sleep(ms, scope)
  } finally {
    sleeping.delete(scope)
  }
}

function retryAfterMs(call: Call, hop: Hop, response: HttpResponse): number | undefined {
  if (!hop.retry.respectRetryAfter) return undefined
  const askedMs = readRetryAfterMs(response.headers.get('retry-after'), call.context.clock.nowMs())
  return askedMs === undefined ? undefined : Math.min(askedMs, hop.retry.retryAfterMaxMs)
}

function notReplayable(hop: Hop, outcome: Outcome): BodyError {
  const what = 'response' in outcome ? `status ${outcome.response.status}` : 'a failure'
  return new BodyError(
    `${hop.method} ${hop.target.href} would be tried again after ${what}, but its body is a stream and cannot be sent twice: pass text, bytes or a Blob`,
    {
      code: 'BODY_NOT_REPLAYABLE',
      request: { method: hop.method, url: hop.target.href },
      ...('error' in outcome ? { cause: outcome.error } : {}),
    },
  )
}
