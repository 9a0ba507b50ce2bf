import http from 'node:http'
import http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import axios from 'axios'
import got from 'got'
import ky from 'ky'
import { Agent, interceptors, request, fetch as undiciFetch } from 'undici'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { startFixtureServer } from '../../../fixtures-server/index.ts'
import { runClosedLoop } from '../../../src/engine/closed-loop.ts'
import { systemClock } from '../../../src/probe/clock.ts'
import { makeIsFailure } from '../../../src/probe/status-book.ts'
import { watchStatuses } from '../../../src/probe/watch-statuses.ts'
import type { RunIteration } from '../../../src/scenario/iteration.ts'
import { digest, get, Session } from '../../../src/session/index.ts'

/** Answers the statuses that a path lists, one after another, whoever asks: `/503,200/7` first 503, from then on 200, `/200,404/cycle` 200 and 404 in turn. */
const asked = new Map<string, number>()
const answerNext = (path: string): number => {
  const statuses = path.split('/')[1]?.split(',').map(Number) ?? []
  const count = asked.get(path) ?? 0
  asked.set(path, count + 1)
  const place = path.endsWith('/cycle') ? count % statuses.length : Math.min(count, statuses.length - 1)
  return statuses[place] ?? 500
}
const server = http.createServer((incoming, response) => {
  response.writeHead(answerNext(incoming.url ?? '/'))
  response.end('some text')
})
const server2 = http2.createServer((incoming, response) => {
  response.writeHead(answerNext(incoming.url))
  response.end('some text')
})
const listen = async (each: typeof server | typeof server2): Promise<string> => {
  await new Promise<void>((resolve) => each.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(each.address() as AddressInfo).port}`
}
let origin = ''
let origin2 = ''
beforeAll(async () => {
  ;[origin, origin2] = [await listen(server), await listen(server2)]
})
afterAll(async () => {
  server.closeAllConnections()
  await Promise.all([server, server2].map((each) => new Promise((resolve) => each.close(resolve))))
})

type Send = (url: string) => Promise<unknown>
const getByNode = (url: string, options: http.RequestOptions): Promise<unknown> =>
  new Promise((resolve, reject) => {
    http.get(url, options, (incoming) => resolve(text(incoming))).on('error', reject)
  })
const agent = new http.Agent({ keepAlive: true, maxSockets: 2 })
const kept = new Agent({ connections: 2 })
const sessions = {
  few: new Session({ pool: { connections: 2 } }),
  retrying: new Session({ retry: { total: 2, statuses: [503] } }),
}
afterAll(async () => {
  agent.destroy()
  await Promise.all([kept.close(), sessions.few.close(), sessions.retrying.close()])
})

/** Each reads the answer, whatever its status, and tells nobody. */
const clients: Readonly<Record<string, Send>> = {
  fetch: async (url) => (await fetch(url)).text(),
  'undici fetch': async (url) => (await undiciFetch(url)).text(),
  'undici request': async (url) => (await request(url)).body.text(),
  'undici request over few connections': async (url) => (await request(url, { dispatcher: kept })).body.text(),
  'node:http': (url) => getByNode(url, {}),
  'node:http over few connections': (url) => getByNode(url, { agent }),
  axios: (url) => axios.get(url, { validateStatus: () => true, proxy: false }),
  got: (url) => got(url, { throwHttpErrors: false, retry: { limit: 0 } }).text(),
  ky: async (url) => (await ky(url, { throwHttpErrors: false, retry: 0 })).text(),
  session: async (url) => (await get(url)).text(),
  'session over few connections': async (url) => (await sessions.few.get(url)).text(),
}

/** Twelve iterations, three at a time; returns what became of them. */
async function iterate(run: RunIteration) {
  const statuses = watchStatuses()
  onTestFinished(() => statuses.close())
  // The first failure of a process is known, and not whose it was.
  await fetch(`${origin}/404/first`).then((response) => response.text())
  const result = await runClosedLoop({
    ...{ run, statuses, clock: systemClock },
    ...{ concurrency: 3, iterations: 12, durationMs: 60_000, iterationTimeoutMs: 60_000 },
  })
  const { succeeded, failures } = result
  return { succeeded, failures: failures.map(({ code, status, count }) => ({ code, status, count })) }
}

let serial = 0
const unique = (statuses: string) => `${origin}/${statuses}/${serial++}`

it.each(Object.entries(clients))(
  '%s: an answer of 404 that nobody speaks of is a failure of its iteration',
  async (name, send) => {
    const run: RunIteration = async () => {
      await send(`${origin}/200,404,200,200/${name.replaceAll(' ', '-')}/cycle`)
      await send(unique('200'))
    }
    expect(await iterate(run)).toEqual({ succeeded: 9, failures: [{ code: 'status', status: 404, count: 3 }] })
  },
)

it.each(Object.entries(clients))('%s: only the last answer to the same request counts', async (_, send) => {
  const run: RunIteration = async (_signal, { index }) => {
    const url = unique(index % 4 === 0 ? '503,503,500' : '503,503,200')
    for (let tries = 0; tries < 3; tries++) await send(url)
  }
  expect(await iterate(run)).toEqual({ succeeded: 9, failures: [{ code: 'status', status: 500, count: 3 }] })
})

it('node:http2: the same', async () => {
  const session = http2.connect(origin2)
  onTestFinished(() => session.close())
  const send = (path: string) => text(session.request({ ':path': path }))
  const run: RunIteration = async (_, { index }) => {
    const path = new URL(unique(index % 4 === 0 ? '503,404' : '503,200')).pathname
    await send(path)
    await send(path)
  }
  expect(await iterate(run)).toEqual({ succeeded: 9, failures: [{ code: 'status', status: 404, count: 3 }] })
})

it("a client's own second tries are on the way to an answer", async () => {
  const retrying = new Agent().compose(interceptors.retry({ maxRetries: 2, minTimeout: 1, statusCodes: [503] }))
  onTestFinished(() => retrying.close())
  const run: RunIteration = async () => {
    await (await sessions.retrying.get(unique('503,503,200'))).text()
    await (await request(unique('503,200'), { dispatcher: retrying })).body.text()
    await got(unique('503,200'), { retry: { limit: 1, backoffLimit: 1 } }).text()
  }
  expect(await iterate(run)).toEqual({ succeeded: 12, failures: [] })
})

it('a digest challenge is on the way to an answer, and one that is lost is not', async () => {
  await using fixture = await startFixtureServer()
  const url = `${fixture.urls.http}/digest-auth/auth/user/secret`
  const run: RunIteration = async (_, { index }) => {
    await (await get(url, { auth: digest('user', index % 4 === 0 ? 'wrong' : 'secret') })).text()
  }
  expect(await iterate(run)).toEqual({ succeeded: 9, failures: [{ code: 'status', status: 401, count: 3 }] })
})

it('what an iteration returns, throws or expects is told as before', async () => {
  const statuses = watchStatuses()
  onTestFinished(() => statuses.close())
  const steps: RunIteration = async (_, { index }) => {
    if (index === 0) return fetch(unique('404'))
    if (index === 1) return got(unique('404'))
    return fetch(unique('410'))
  }
  const { failures } = await runClosedLoop({
    ...{ run: steps, statuses, isFailure: makeIsFailure([410]), clock: systemClock },
    ...{ concurrency: 1, iterations: 5, durationMs: 60_000, iterationTimeoutMs: 60_000 },
  })
  expect(failures).toMatchObject([{ status: 404, count: 2, message: 'the target answered 404' }])
})
