import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FixtureServer, startFixtureServer } from '../../../fixtures-server/index.ts'
import type { LedgerReply } from '../../../fixtures-server/ledger-snapshot.ts'

let server: FixtureServer

beforeAll(async () => {
  server = await startFixtureServer()
})
afterAll(() => server.close())

async function control(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
  const init = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
  const reply = await fetch(server.urls.control + path, {
    method,
    headers: { 'content-type': 'application/json' },
    ...init,
  })
  const text = await reply.text()
  return { status: reply.status, body: text.startsWith('{') ? JSON.parse(text) : text }
}

test('is healthy, and gives away the CA', async () => {
  expect(await control('GET', '/health')).toEqual({ status: 200, body: { status: 'ok' } })
  expect(await control('GET', '/ca.pem')).toEqual({ status: 200, body: server.ca })
})

test('gives the ledger and resets it, and is not in it', async () => {
  await (await fetch(`${server.urls.http}/get`)).text()
  const { body } = await control('GET', '/ledger')
  const { activity, ...ledger } = body as LedgerReply
  expect(ledger).toEqual(JSON.parse(JSON.stringify(server.ledger())))
  expect(activity).toMatchObject({ serving: [{ activeMs: expect.any(Number) }], links: null })
  expect(activity.cpuUserUs).toBeGreaterThan(0)
  expect(body).toMatchObject({ schemaVersion: 1, listeners: { http: { requests: 1 }, https: { requests: 0 } } })
  await control('POST', '/ledger/reset')
  expect(server.ledger().listeners.http).toMatchObject({ requests: 0, connectionsAccepted: 0, replies: {} })
})

test('opens and closes links', async () => {
  const { status, body } = await control('POST', '/links', { listener: 'http', rttMs: 1 })
  const { id, url } = body as { id: number; url: string }
  expect(status).toBe(201)
  expect((await fetch(`${url}/get`)).status).toBe(200)
  expect(await control('PATCH', `/links/${id}`, { rttMs: 0 })).toMatchObject({ status: 200, body: { rttMs: 0 } })
  expect(await control('GET', `/links/${id}/lateness`)).toMatchObject({
    status: 200,
    body: { pieces: expect.any(Number) },
  })
  expect(await control('DELETE', `/links/${id}`)).toMatchObject({ status: 200 })
  await expect(fetch(`${url}/get`)).rejects.toThrow()
  expect(await control('DELETE', `/links/${id}`)).toMatchObject({ status: 404 })
})

test.each([
  ['POST', '/links', { listener: 'ftp', rttMs: -1 }, 400, /listener: .*rttMs: /],
  ['POST', '/links', { listener: 'http', rttMs: 1, speed: 1 }, 400, /speed/],
  ['POST', '/links', '{oops', 400, /JSON/],
  ['POST', '/links', 'x'.repeat(70_000), 413, /65536/],
  ['DELETE', '/links/abc', undefined, 404, /abc/],
  ['PATCH', '/links/999', { rttMs: 1 }, 404, /999/],
  ['PATCH', '/links/1', { rttMs: -1 }, 400, /rttMs/],
  ['PATCH', '/links/1', null, 400, /rttMs/],
  ['GET', '/links/999/lateness', undefined, 404, /999/],
  ['DELETE', '/ledger', undefined, 405, /DELETE/],
  ['GET', '/nowhere', undefined, 404, /GET \/ledger/],
])('%s %s with %j is refused with a reason', async (method, path, body, status, reason) => {
  expect(await control(method, path, body)).toMatchObject({
    status,
    body: { status, error: expect.stringMatching(reason) },
  })
})
