import { Session, SessionClosed } from 'sessionbench/session'
import { expect, it } from 'vitest'
import { serveHttp } from './test-servers.ts'

const count = 1_000

it('close() waits for 1,000 calls, those that still wait for a connection included', async () => {
  await using server = await serveHttp((request, reply) => void setImmediate(() => reply.end(request.url)))
  const session = new Session({ baseUrl: server.url, pool: { connections: 10 } })
  const calls = Array.from({ length: count }, async (_, n) => (await session.get(`/${n}`)).text())
  const closed = session.close()
  await expect(session.get('/late')).rejects.toMatchObject({ name: 'SessionClosed', code: 'SESSION_CLOSED' })
  expect(await Promise.all(calls)).toEqual(Array.from({ length: count }, (_, n) => `/${n}`))
  await closed
  expect(server.connections).toBe(10)
})

it('destroy() rejects 1,000 calls with a named error, each of them, and frees their connections', async () => {
  let asked = 0
  await using server = await serveHttp(() => void asked++)
  const session = new Session({ baseUrl: server.url, pool: { connections: 10 } })
  const calls = Array.from({ length: count }, (_, n) => session.get(`/${n}`))
  const outcomes = Promise.allSettled(calls)
  while (asked < 10) await new Promise((resolve) => setImmediate(resolve))
  await session.destroy()
  const reasons = (await outcomes).map((outcome) => outcome.status === 'rejected' && outcome.reason)
  expect(reasons.filter((reason) => reason instanceof SessionClosed)).toHaveLength(count)
  expect(reasons.every((reason) => reason.code === 'SESSION_DESTROYED')).toBe(true)
  while (server.open > 0) await new Promise((resolve) => setImmediate(resolve))
  expect(asked).toBe(10)
})
