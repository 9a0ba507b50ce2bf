import { type RequestOptions, Session } from 'sessionbench/session'
import { describe, expect, it } from 'vitest'
import { serveLarge } from './serve-large.ts'
import { until } from './test-servers.ts'

describe('a call that fails with a response in hand', () => {
  const stream = () =>
    new ReadableStream({
      start(controller) {
        controller.enqueue(Buffer.from('x'))
        controller.close()
      },
    })
  const fail = () => {
    throw new Error('no')
  }
  it.each<[what: string, head: string, options: RequestOptions]>([
    ['a hook that throws on the response', '200 OK', { hooks: { afterResponse: fail } }],
    [
      'a hook that throws before the retry',
      '503 No',
      { retry: { total: 1, statuses: [503] }, hooks: { beforeRetry: fail } },
    ],
    ['a retry of a stream', '503 No', { body: stream(), retry: { total: 1, statuses: [503] } }],
    [
      'a challenge to a stream',
      '401 No\r\nWWW-Authenticate: X',
      { body: stream(), auth: { prepare: () => undefined, answer: () => 'X' } },
    ],
    [
      'a challenge that is too much',
      '401 No\r\nWWW-Authenticate: X',
      { auth: { prepare: () => undefined, answer: fail } },
    ],
  ])('%s: gives the body up', async (_, head, options) => {
    await using server = await serveLarge(head)
    await using session = new Session({ baseUrl: server.url, timeoutMs: 20_000 })
    await expect(session.request('PUT', '/', options)).rejects.toThrow()
    await until(() => session.stats().busy === 0)
  })
})
