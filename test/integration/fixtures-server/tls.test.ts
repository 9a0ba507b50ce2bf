import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FixtureServer, startFixtureServer } from '../../../fixtures-server/index.ts'
import { RawClient } from './raw-client.ts'

let server: FixtureServer

beforeAll(async () => {
  server = await startFixtureServer()
})
afterAll(() => server.close())

describe('the TLS zoo', () => {
  test.each([
    ['expired', 'CERT_HAS_EXPIRED'],
    ['wrongHost', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['selfSigned', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ] as const)('%s is refused with %s, by a client that trusts the CA', async (listener, code) => {
    await expect(RawClient.connect(server.urls[listener], { ca: server.ca })).rejects.toMatchObject({ code })
    const trusting = await RawClient.connect(server.urls[listener], { rejectUnauthorized: false })
    expect((await trusting.get('/get')).status).toBe(200)
    await trusting.close()
  })

  test('a client certificate is asked for, and only one of the CA lets a client in', async () => {
    const url = server.urls.clientCertificate
    const welcome = await RawClient.connect(url, { ca: server.ca, ...server.clientCredentials })
    expect((await welcome.get('/get')).status).toBe(200)
    await welcome.close()
    // In TLS 1.3 a client believes itself connected until it reads the refusal.
    const anonymous = await RawClient.connect(url, { ca: server.ca })
    await expect(anonymous.get('/get')).rejects.toThrow()
    expect(server.ledger().listeners.clientCertificate).toMatchObject({
      connectionsAccepted: 2,
      handshakesFull: 1,
      handshakesFailed: 1,
      requests: 1,
    })
  })

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('%s is spoken', async (version) => {
    const client = await RawClient.connect(server.urls.https, {
      ca: server.ca,
      minVersion: version,
      maxVersion: version,
    })
    expect((await client.get('/get')).status).toBe(200)
    await client.close()
  })
})

/** Whether a second connection resumes the session of a first. */
async function resumes(of: FixtureServer, version: 'TLSv1.2' | 'TLSv1.3'): Promise<boolean> {
  let session: Buffer | undefined
  const options = { ca: of.ca, minVersion: version, maxVersion: version } as const
  const first = await RawClient.connect(of.urls.https, options)
  first.socket.on('session', (ticket: Buffer) => {
    session = ticket
  })
  await first.get('/get')
  // In TLS 1.2 the session was there before anybody could listen for it.
  session ??= (first.socket as TLSSocket).getSession()
  await first.close()
  const second = await RawClient.connect(of.urls.https, { ...options, ...(session && { session }) })
  await second.get('/get')
  const { resumed } = second
  await second.close()
  return resumed
}

test.each(['TLSv1.2', 'TLSv1.3'] as const)('session tickets can be switched off, for %s', async (version) => {
  await using without = await startFixtureServer({ sessionTickets: false })
  expect(await resumes(server, version)).toBe(true)
  expect(await resumes(without, version)).toBe(false)
  expect(without.ledger().listeners.https).toMatchObject({ handshakesFull: 2, handshakesResumed: 0 })
})
