import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import axios from 'axios'
import got from 'got'
import ky from 'ky'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openIteration } from '../../../src/engine/open-iteration.ts'
import { settleResult } from '../../../src/engine/settle-result.ts'
import { makeStepTally } from '../../../src/engine/steps.ts'
import { classifyFailure } from '../../../src/sample/outcome.ts'
import { get } from '../../../src/session/index.ts'

const answer = JSON.stringify({ hello: 'wörld' })
const server = http.createServer((incoming, response) => {
  response.writeHead(Number(incoming.url?.slice(1)), { 'content-type': 'application/json' })
  response.end(answer)
})
let origin = ''
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => new Promise((resolve) => server.close(resolve)))

interface Client {
  readonly name: string
  /** Sends a request and does not throw on its status. */
  readonly send: (url: string) => Promise<unknown>
  /** Reads the body of what `send` resolved to, as this client's users do. */
  readonly read: (came: never) => unknown
}

const nodeHttp = (url: string) =>
  new Promise<http.IncomingMessage>((resolve, reject) => {
    http.get(url, resolve).on('error', reject)
  })

const clients: readonly Client[] = [
  { name: 'fetch: json', send: (url) => fetch(url), read: async (came: Response) => JSON.stringify(await came.json()) },
  { name: 'fetch: text', send: (url) => fetch(url), read: (came: Response) => came.text() },
  { name: 'fetch: body', send: (url) => fetch(url), read: (came: Response) => new Response(came.body).text() },
  { name: 'fetch: clone', send: (url) => fetch(url), read: (came: Response) => came.clone().text() },
  { name: 'ky', send: (url) => ky(url, { throwHttpErrors: false, retry: 0 }), read: (came: Response) => came.text() },
  {
    name: 'undici request: text',
    send: (url) => request(url),
    read: ({ body }: { body: { text(): Promise<string> } }) => body.text(),
  },
  {
    name: 'undici request: stream',
    send: (url) => request(url),
    read: ({ body }: { body: Readable }) => text(body),
  },
  { name: 'node:http', send: nodeHttp, read: (came: Readable) => text(came) },
  { name: 'session', send: (url) => get(url), read: (came: { text(): Promise<string> }) => came.text() },
  {
    name: 'session: stream',
    send: (url) => get(url),
    read: (came: Response) =>
      new Response(came.body ?? (came as unknown as { stream(): ReadableStream }).stream()).text(),
  },
  {
    name: 'got',
    send: (url) => got(url, { throwHttpErrors: false, retry: { limit: 0 } }),
    read: ({ body }: { body: string }) => body,
  },
  {
    name: 'axios',
    send: (url) => axios.get(url, { validateStatus: () => true, responseType: 'text' }),
    read: ({ data }: { data: string }) => data,
  },
  {
    name: 'axios: stream',
    send: (url) => axios.get(url, { validateStatus: () => true, responseType: 'stream' }),
    read: ({ data }: { data: Readable }) => text(data),
  },
]

const place = { index: 0, data: undefined, user: { index: 0, data: undefined } }
const clock = { nowMs: () => performance.now() } as Parameters<typeof openIteration>[1]['clock']

describe.each(clients)('what $name resolves to', ({ send, read }) => {
  it('can be read after its step, which has read it too', async () => {
    const steps = makeStepTally()
    const { iteration } = openIteration(place, { clock, steps })
    const came = await iteration.step('ask', () => send(`${origin}/200`))
    expect(await read(came as never)).toBe(answer)
    expect(steps.read()).toMatchObject([{ name: 'ask', succeeded: 1, failed: 0 }])
  })

  it('fails the step and the iteration on a 500, whose URL and status are told', async () => {
    const steps = makeStepTally()
    const { iteration } = openIteration(place, { clock, steps })
    await expect(iteration.step('ask', () => send(`${origin}/500`))).rejects.toMatchObject({ name: 'StatusError' })
    expect(steps.read()).toMatchObject([{ name: 'ask', succeeded: 0, failed: 1 }])
    const failure = await Promise.resolve(settleResult(await send(`${origin}/500`))).catch(classifyFailure)
    expect(failure).toMatchObject({ code: 'status', status: 500, message: 'the target answered 500' })
  })

  it('may be read by the variant and returned', async () => {
    const came = await send(`${origin}/200`)
    await read(came as never)
    await expect(Promise.resolve(settleResult(came))).resolves.toBeUndefined()
  })

  it('is judged by its status when the variant has read it', async () => {
    const came = await send(`${origin}/503`)
    await read(came as never)
    await expect(Promise.resolve(settleResult(came)).catch(classifyFailure)).resolves.toMatchObject({ status: 503 })
  })
})

describe('what an iteration throws', () => {
  it.each([
    ['got', () => got(`${origin}/429`, { retry: { limit: 0 } })],
    ['ky', () => ky(`${origin}/429`, { retry: 0 })],
    ['axios', () => axios.get(`${origin}/429`)],
    ['session', async () => (await get(`${origin}/429`)).raiseForStatus()],
  ])('on a status by %s is that status, at that URL', async (_, send) => {
    const failure = await send().then(() => undefined, classifyFailure)
    expect(failure).toMatchObject({ code: 'status', status: 429, url: `${origin}/429` })
  })
})

it('settles a list of responses', async () => {
  const came = await Promise.all([fetch(`${origin}/200`), fetch(`${origin}/200`)])
  await settleResult(came)
  expect(came.map(({ bodyUsed }) => bodyUsed)).toEqual([true, true])
  const wrong = await Promise.all([fetch(`${origin}/200`), fetch(`${origin}/404`)])
  await expect(settleResult(wrong)).rejects.toThrow('the target answered 404')
})
