import { getEventListeners } from 'node:events'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Session } from 'sessionbench/session'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { echo, serveHttp } from './test-servers.ts'

const CALLS = 2_000
const warnings: string[] = []
const note = ({ name }: Error) => warnings.push(name)

beforeEach(() => {
  warnings.length = 0
  process.on('warning', note)
})
afterEach(() => {
  process.off('warning', note)
})

describe('a signal that many calls share', () => {
  it.each<
    [how: string, call: (session: Session, signal: AbortSignal, url: string) => Promise<{ text(): Promise<string> }>]
  >([
    ['get', (session, signal) => session.get('/', { signal })],
    ['fetch', (session, signal) => session.fetch('/', { signal })],
    ['fetch with headers', (session, signal) => session.fetch('/', { signal, headers: { a: 'b' } })],
    ['fetch with a body', (session, signal) => session.fetch('/', { signal, method: 'POST', body: 'x' })],
    [
      'fetch of a Request',
      (session, signal, url) => session.fetch(new Request(url, { method: 'PUT', body: 'x' }), { signal }),
    ],
  ])('leaves no listener after 2,000 calls: %s', async (_, call) => {
    await using server = await serveHttp(echo)
    await using session = new Session({ baseUrl: server.url })
    const { signal } = new AbortController()
    for (let done = 0; done < CALLS; done += 50) {
      const answers = await Promise.all(Array.from({ length: 50 }, () => call(session, signal, server.url)))
      await Promise.all(answers.map((answer) => answer.text()))
    }
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
    expect(warnings).toEqual([])
  })
})

describe('the signal of a Request that nobody else holds', () => {
  it('still ends the body when the Request could have been collected', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    await using server = await serveHttp((_request, reply) => {
      reply.write('first')
    })
    await using session = new Session()
    const controller = new AbortController()
    const { body } = await session.fetch(new Request(server.url, { signal: controller.signal }))
    const reader = (body as ReadableStream<Uint8Array>).getReader()
    expect(Buffer.from((await reader.read()).value as Uint8Array).toString()).toBe('first')
    // Weak references are let go of after the turn that made them: one collection is not enough.
    for (let n = 0; n < 5; n++) {
      collect()
      await new Promise((resolve) => setImmediate(resolve))
    }
    const next = reader.read()
    controller.abort(new Error('enough'))
    await expect(next).rejects.toThrow('enough')
  })
})
