import { expect, test } from 'vitest'
import { FixtureError, startFixtureServer } from '../../../fixtures-server/index.ts'
import { RawClient } from './raw-client.ts'

test('several threads serve the same ports and keep one exact ledger', async () => {
  await using server = await startFixtureServer({ workers: 3 })
  const own = { bytesIn: 0, bytesOut: 0 }
  const clients = await Promise.all(
    Array.from({ length: 40 }, () => RawClient.connect(server.urls.https, { ca: server.ca })),
  )
  for (const client of clients) {
    expect((await client.get('/bytes/100')).body.length).toBe(100)
    expect((await client.get('/headers', 'X-Request-Id: a\r\n')).status).toBe(200)
    own.bytesIn += client.socket.bytesWritten
    own.bytesOut += client.socket.bytesRead
  }
  await server.settle()
  expect(server.ledger().listeners.https).toMatchObject({
    connectionsAccepted: 40,
    connectionsOpen: 40,
    handshakesFull: 40,
    requests: 80,
    ...own,
    replies: { '/bytes/{n:int} 200': 40, '/headers 200': 40 },
    requestsPerOpenConnection: { 2: 40 },
  })
  expect(server.requestLog().length).toBe(40)
  server.setFaults({ errorRate: 1 })
  const statuses = await Promise.all(clients.map(async (client) => (await client.get('/get')).status))
  expect(new Set(statuses)).toEqual(new Set([503]))
  server.resetLedger()
  expect(server.ledger().listeners.https).toMatchObject({
    connectionsAccepted: 0,
    connectionsOpen: 40,
    requests: 0,
    bytesIn: 0,
  })
  for (const client of clients) await client.close()
})

test('a port that somebody has is an error for several threads as well', async () => {
  await using first = await startFixtureServer({ workers: 2 })
  const ports = { http: Number(new URL(first.urls.http).port) }
  await expect(startFixtureServer({ workers: 2, ports })).rejects.toThrow(FixtureError)
  await expect(startFixtureServer({ ports })).rejects.toMatchObject({ code: 'port-in-use' })
})
