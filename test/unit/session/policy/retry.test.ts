import { readFileSync } from 'node:fs'
import {
  BodyError,
  ConnectionError,
  ConnectTimeout,
  HeadersTimeout,
  ProxyError,
  RetryError,
  type RetryOptions,
  TlsError,
} from 'sessionbench/session'
import { describe, expect, it } from 'vitest'
import { makeCall, makeFirstHop, type RequestOptions } from '../../../../src/session/call/call.ts'
import { followRedirects } from '../../../../src/session/call/follow-redirects.ts'
import { readTarget } from '../../../../src/session/head/target.ts'
import {
  backoffMs,
  countFailure,
  mergeRetry,
  NO_RETRY,
  neverRetries,
  readReason,
  wantsRetry,
} from '../../../../src/session/policy/retry.ts'
import { readHttpDateMs, readRetryAfterMs } from '../../../../src/session/policy/retry-after.ts'
import { fakeContext, type Scripted } from '../fake-context.ts'

type Vectors = {
  nowMs: number
  backoff: { factorMs: number; failures: number; waitMs: number }[]
  retryAfter: { header: string; waitMs: number | null }[]
}
// Computed by urllib3: make-retry-vectors.py beside this file.
const vectors = JSON.parse(readFileSync(new URL('retry-vectors.json', import.meta.url), 'utf8')) as Vectors

describe('back-off', () => {
  it('waits as urllib3 does', () => {
    for (const { factorMs, failures, waitMs } of vectors.backoff) {
      const policy = mergeRetry(NO_RETRY, { backoffFactorMs: factorMs })
      expect(backoffMs(policy, failures, () => 0.5)).toBeCloseTo(waitMs, 6)
    }
    expect(vectors.backoff.length).toBeGreaterThan(60)
  })

  it('adds jitter from the second wait on, and caps both together', () => {
    const policy = mergeRetry(NO_RETRY, { backoffFactorMs: 100, backoffJitterMs: 50, backoffMaxMs: 420 })
    expect([1, 2, 3, 4].map((n) => backoffMs(policy, n, () => 0.5))).toEqual([0, 225, 420, 420])
  })
})

describe('Retry-After', () => {
  it('is read as urllib3 reads it', () => {
    for (const { header, waitMs } of vectors.retryAfter) {
      const readMs = readRetryAfterMs(header, vectors.nowMs)
      // urllib3 caps while it reads, we cap when the policy is applied.
      const cappedMs = readMs === undefined ? null : Math.min(readMs, NO_RETRY.retryAfterMaxMs)
      expect([header, cappedMs]).toEqual([header, waitMs])
    }
    expect(vectors.retryAfter.length).toBeGreaterThan(20)
  })

  it('knows days that do not exist, and two-digit years', () => {
    expect(readHttpDateMs('Fri, 30 Feb 2024 00:00:00 GMT', 0)).toBeUndefined()
    expect(readHttpDateMs('Fri, 01 Foo 2024 00:00:00 GMT', 0)).toBeUndefined()
    expect(readHttpDateMs('Fri, 01 Mar 2024 24:00:00 GMT', 0)).toBeUndefined()
    const now = Date.UTC(2026, 0, 1)
    expect(readHttpDateMs('Monday, 01-Jan-76 00:00:00 GMT', now)).toBe(Date.UTC(2076, 0, 1))
    expect(readHttpDateMs('Monday, 01-Jan-77 00:00:00 GMT', now)).toBe(Date.UTC(1977, 0, 1))
  })
})

describe('an HTTP-date', () => {
  it.each([
    ['Sun, 06 Nov 1994 08:49:37 GMT', Date.UTC(1994, 10, 6, 8, 49, 37)],
    ['Sunday, 06-Nov-94 08:49:37 GMT', Date.UTC(1994, 10, 6, 8, 49, 37)],
    ['Sun Nov  6 08:49:37 1994', Date.UTC(1994, 10, 6, 8, 49, 37)],
    ['Sat, 31 Dec 2016 23:59:60 GMT', Date.UTC(2017, 0, 1)],
    ['Sat, 31 Dec 2016 23:59:61 GMT', undefined],
    ['Sat, 31 Dec 2016 23:60:00 GMT', undefined],
    ['x Sat, 31 Dec 2016 23:59:59 GMT', undefined],
    ['Sat, 31 Dec 2016 23:59:59 GMT+1', undefined],
    ['x Sunday, 06-Nov-94 08:49:37 GMT', undefined],
    ['Sunday, 06-Nov-94 08:49:37 GMT.', undefined],
    ['Sunday, 06-Nov-1994 08:49:37 GMT', undefined],
    ['x Sun Nov  6 08:49:37 1994', undefined],
    ['Sun Nov  6 08:49:37 1994 GMT', undefined],
  ])('%s', (text, ms) => {
    expect(readHttpDateMs(text, Date.UTC(2026, 0, 1))).toBe(ms)
  })

  it('has twelve months', () => {
    const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
    expect(months.map((month) => readHttpDateMs(`Sun, 06 ${month} 1994 00:00:00 GMT`, 0))).toEqual(
      months.map((_, index) => Date.UTC(1994, index, 6)),
    )
  })
})

describe('a policy', () => {
  it('of a session that says nothing never retries', () => {
    expect(NO_RETRY).toEqual({
      ...{ total: 0, connect: null, read: null, status: null, redirect: Number.POSITIVE_INFINITY, other: null },
      ...{ backoffFactorMs: 0, backoffJitterMs: 0, backoffMaxMs: 120_000, statuses: new Set(), raiseOnStatus: true },
      methods: new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE', 'QUERY']),
      ...{ respectRetryAfter: true, retryAfterMaxMs: 21_600_000 },
    })
    expect(neverRetries(NO_RETRY)).toBe(true)
    for (const over of [{ total: false as const }, { total: 0 }])
      expect(neverRetries(mergeRetry(NO_RETRY, over))).toBe(true)
    for (const over of [1, { statuses: [500] }]) expect(neverRetries(mergeRetry(NO_RETRY, over))).toBe(false)
  })

  it('is merged over another, what is undefined changing nothing', () => {
    const base = mergeRetry(NO_RETRY, { total: 2, statuses: [500], methods: ['post', 'Get'], backoffMaxMs: 9 })
    expect(base).toEqual({
      ...NO_RETRY,
      ...{ total: 2, statuses: new Set([500]), methods: new Set(['POST', 'GET']), backoffMaxMs: 9 },
    })
    expect(mergeRetry(base, undefined)).toBe(base)
    expect(mergeRetry(base, 7)).toEqual({ ...base, total: 7 })
    expect(mergeRetry(base, { total: undefined, statuses: undefined, methods: undefined })).toEqual(base)
    expect(mergeRetry(base, { methods: 'any', statuses: [] })).toEqual({ ...base, methods: 'any', statuses: new Set() })
  })

  it.each([
    [{ total: 1 }, { method: 'GET', status: 503, retryAfterMs: 0 }, true],
    [{ total: 1 }, { method: 'POST', status: 503, retryAfterMs: 0 }, false],
    [{ total: 1 }, { method: 'GET', status: 503, retryAfterMs: undefined }, false],
    [{ total: 0 }, { method: 'GET', status: 503, retryAfterMs: 0 }, false],
    [{ total: 0, statuses: [503] }, { method: 'GET', status: 503, retryAfterMs: undefined }, true],
    [{ total: 1, methods: 'any' as const }, { method: 'POST', status: 429, retryAfterMs: 5 }, true],
  ])('%j and a response %j: %j', (over, response, expected) => {
    expect(wantsRetry(mergeRetry(NO_RETRY, over), response)).toBe(expected)
  })
})

describe('countFailure', () => {
  const counters = { total: 3, connect: null, read: null, status: null, other: null }
  it.each([
    [{}, 'read', { total: 2 }],
    [{ total: 0 }, 'read', undefined],
    [{ total: false }, 'read', undefined],
    [{ read: 1 }, 'read', { total: 2, read: 0 }],
    [{ read: 0 }, 'read', undefined],
    [{ read: 0 }, 'connect', { total: 2, read: 0 }],
    [{ connect: false }, 'connect', undefined],
    [{ connect: false }, 'status', { total: 2, connect: false }],
    [{ status: 0 }, 'status', undefined],
  ] as const)('%j after a failure of %s', (over, reason, expected) => {
    const next = countFailure({ ...counters, ...over }, reason)
    if (expected === undefined) expect(next).toBeUndefined()
    else expect(next).toMatchObject(expected)
  })
})

it('readReason tells before and after the sending', () => {
  const error = (code: string, sent: boolean) => new ConnectionError('', { code, sent })
  expect(readReason(error('CONNECTION_REFUSED', false))).toBe('connect')
  expect(readReason(error('CONNECTION_RESET', true))).toBe('read')
  expect(readReason(new ConnectTimeout('', { code: '', timeoutMs: 1 }))).toBe('connect')
  expect(readReason(new HeadersTimeout('', { code: '', timeoutMs: 1 }))).toBe('read')
  expect(readReason(new TlsError('', { code: '' }))).toBe('other')
  expect(readReason(new ProxyError('', { code: 'PROXY_UNREACHABLE' }))).toBe('connect')
  expect(readReason(new ProxyError('', { code: 'PROXY_REFUSED' }))).toBe('other')
  expect(readReason(new ProxyError('', { code: 'PROXY_AUTH' }))).toBeUndefined()
  expect(readReason(new DOMException('', 'AbortError'))).toBeUndefined()
  expect(readReason(new BodyError('', { code: '' }))).toBeUndefined()
})

describe('sending with retries', () => {
  const refused = () => new ConnectionError('refused', { code: 'CONNECTION_REFUSED' })
  const reset = () => new ConnectionError('reset', { code: 'CONNECTION_RESET', sent: true })
  const send = (
    script: (nth: number) => Scripted,
    retry: RetryOptions | number,
    options: RequestOptions & { method?: string } = {},
  ) => {
    const fake = fakeContext((_request, nth) => script(nth), { retry })
    const { method = 'GET', ...rest } = options
    const hop = makeFirstHop(fake.context, method, readTarget('http://h/'), rest)
    return { ...fake, result: followRedirects(makeCall(fake.context, method, hop.target, rest), hop) }
  }

  it('sleeps exactly as the policy says, and tells what was tried again', async () => {
    const policy = { total: 5, statuses: [500], backoffFactorMs: 100 }
    const { result, sleeps, context } = send((nth) => ({ status: nth < 5 ? 500 : 200 }), policy)
    const response = await result
    expect(sleeps).toEqual([200, 400, 800])
    expect(response.retries.map(({ status, waitedMs }) => [status, waitedMs])).toEqual([
      [500, 0],
      [500, 200],
      [500, 400],
      [500, 800],
    ])
    expect(context.counters.retries).toBe(4)
  })

  it('waits as long as Retry-After says, capped, and falls back to back-off when it is invalid or 0', async () => {
    const after = ['3', 'Tue, 14 Nov 2023 22:13:30 GMT', 'nonsense', '0', '999999999']
    const { result, sleeps } = send(
      (nth) => (nth <= 5 ? { status: 503, headers: { 'retry-after': after[nth - 1] as string } } : { status: 200 }),
      { total: 9, statuses: [503], backoffFactorMs: 10, retryAfterMaxMs: 60_000 },
    )
    await result
    expect(sleeps).toEqual([3_000, 10_000, 40, 80, 60_000])
  })

  it('tries 413, 429 and 503 again with Retry-After alone, and nothing else', async () => {
    for (const status of [413, 429, 503]) {
      const { result, requests } = send(
        (nth) => (nth === 1 ? { status, headers: { 'retry-after': '1' } } : { status: 200 }),
        1,
      )
      expect([(await result).status, requests.length]).toEqual([200, 2])
      expect((await send(() => ({ status }), 3).result).status).toBe(status)
    }
    const other = send(() => ({ status: 500, headers: { 'retry-after': '1' } }), 3)
    expect([(await other.result).status, other.requests.length]).toEqual([500, 1])
    const ignored = send(() => ({ status: 503, headers: { 'retry-after': '1' } }), {
      total: 3,
      respectRetryAfter: false,
    })
    expect([(await ignored.result).status, ignored.requests.length]).toEqual([503, 1])
  })

  it('throws RetryError with the last response, or returns it when asked', async () => {
    const raised = send(() => ({ status: 502, body: 'bad gateway' }), { total: 2, statuses: [502] })
    const error = await raised.result.catch((caught: RetryError) => caught)
    expect(error).toBeInstanceOf(RetryError)
    expect(error).toMatchObject({ code: 'RETRIES_EXHAUSTED', retries: [{ status: 502 }, { status: 502 }] })
    const { response } = error as RetryError<Awaited<typeof raised.result>>
    expect([response.status, await response.text()]).toEqual([502, 'bad gateway'])
    const returned = send(() => ({ status: 502, body: 'x' }), { total: 1, statuses: [502], raiseOnStatus: false })
    expect(await (await returned.result).text()).toBe('x')
  })

  it('tries connect errors again with any method, read errors only with those that allow it', async () => {
    const posts = [
      [refused, {}, 3],
      [reset, {}, 1],
      [reset, { methods: ['post'] }, 3],
      [reset, { methods: 'any' }, 3],
      [refused, { connect: 1 }, 2],
      [refused, { connect: false }, 1],
      [refused, { total: false }, 1],
    ] as const
    for (const [error, policy, tries] of posts) {
      const sent = send(() => error(), { total: 2, ...policy }, { method: 'POST', json: 1 })
      const caught = await sent.result.catch((one: ConnectionError) => one)
      expect(caught).toBeInstanceOf(ConnectionError)
      expect((caught as ConnectionError).retries).toHaveLength(tries - 1)
      expect(sent.requests).toHaveLength(tries)
    }
    const post = send(() => ({ status: 500 }), { total: 2, statuses: [500] }, { method: 'POST' })
    expect([(await post.result).status, post.requests.length]).toEqual([500, 1])
  })

  it('starts anew on each redirect hop', async () => {
    const { result, requests } = send(
      (nth) => (nth === 3 ? { status: 302, headers: { location: '/b' } } : nth < 6 ? { status: 500 } : { status: 200 }),
      { total: 2, statuses: [500] },
    )
    const response = await result
    expect([response.status, requests.length, response.retries.length]).toEqual([200, 6, 2])
  })

  it('does not send a stream twice, and says so', async () => {
    const { result } = send(() => refused(), 3, { method: 'PUT', body: new Blob(['x']).stream() })
    await expect(result).rejects.toMatchObject({ code: 'BODY_NOT_REPLAYABLE', cause: { code: 'CONNECTION_REFUSED' } })
  })

  it('ends with the signal, back-off included', async () => {
    const abort = new AbortController()
    const { result, requests } = send(
      (nth) => {
        if (nth === 2) abort.abort()
        return refused()
      },
      { total: 9, backoffFactorMs: 1000 },
      { signal: abort.signal },
    )
    await expect(result).rejects.toMatchObject({ name: 'AbortError' })
    expect(requests).toHaveLength(2)
  })

  it('counts redirects against retry.redirect', async () => {
    const { result, requests } = send(() => ({ status: 302, headers: { location: '/again' } }), { redirect: 2 })
    await expect(result).rejects.toMatchObject({ name: 'TooManyRedirects' })
    expect(requests).toHaveLength(3)
  })
})
