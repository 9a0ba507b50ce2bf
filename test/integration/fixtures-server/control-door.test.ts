import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FixtureServer, startFixtureServer } from '../../../fixtures-server/index.ts'
import { RawClient } from './raw-client.ts'

const controlToken = 'a long secret'.replaceAll(' ', '-')
const json = 'Content-Type: application/json\r\n'

let open: FixtureServer
let locked: FixtureServer

beforeAll(async () => {
  open = await startFixtureServer()
  locked = await startFixtureServer({ controlToken })
})
afterAll(async () => {
  await open.close()
  await locked.close()
})

/** One request on a bare socket: what a browser, or a program that pretends to be one, could send. */
async function send(server: FixtureServer, request: string, fields: string): Promise<{ status: number; body: string }> {
  const client = await RawClient.connect(server.urls.control)
  client.send(`${request} HTTP/1.1\r\n${fields}Content-Length: 0\r\n\r\n`)
  const { status, body } = await client.reply()
  client.socket.destroy()
  return { status, body: body.toString() }
}

const hostOf = (server: FixtureServer, name = '127.0.0.1') => `Host: ${name}:${new URL(server.urls.control).port}\r\n`

describe('whom the control port answers', () => {
  test.each(['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]', '127.8.9.10'])('a Host of %s', async (name) => {
    expect(await send(open, 'GET /health', hostOf(open, name))).toMatchObject({ status: 200 })
  })

  // A page of the attacker's whose name leads to 127.0.0.1 has its own name as Host, and no Origin on a GET.
  test.each(['evil.test', 'localhost.evil.test', 'evil.localhost', '127.0.0.1.evil.test', '10.0.0.1', '0.0.0.0', ''])(
    'not a Host of "%s"',
    async (name) => {
      for (const path of ['GET /client.pem', 'GET /health', 'GET /nowhere']) {
        const { status, body } = await send(open, path, hostOf(open, name))
        expect([status, body]).toEqual([403, expect.stringMatching(/Host/)])
        expect(body).not.toContain('PRIVATE KEY')
      }
    },
  )

  test.each(['Host: 127.0.0.1\r\n', 'Host: 127.0.0.1:1\r\n', 'Host: user@127.0.0.1:1\r\n', 'Host: [::1\r\n'])(
    'not %j, which is another port',
    async (field) => {
      expect(await send(open, 'GET /health', field)).toMatchObject({ status: 403 })
    },
  )

  test('not two Hosts, of which one is good', async () => {
    expect(await send(open, 'GET /health', `${hostOf(open)}Host: evil.test\r\n`)).toMatchObject({ status: 403 })
  })

  test.each([
    ['Origin: http://evil.test\r\n', 'GET /ledger'],
    ['Origin: null\r\n', 'POST /shutdown'],
    ['Origin: http://127.0.0.1:1\r\n', 'DELETE /faults'],
    ['Origin: http://evil.test\r\nAccess-Control-Request-Method: POST\r\n', 'OPTIONS /shutdown'],
    // An image or a script of a page brings no Origin, but the browser says where it comes from.
    ['Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n', 'GET /client.pem'],
    ['Sec-Fetch-Site: same-site\r\n', 'GET /ledger'],
  ])('nothing that a page sends: %j', async (fields, request) => {
    const reply = await send(open, request, hostOf(open) + json + fields)
    expect([reply.status, reply.body]).toEqual([403, expect.stringMatching(/page/)])
  })

  test('a user who types the address', async () => {
    const fields = 'Sec-Fetch-Site: none\r\nSec-Fetch-Mode: navigate\r\n'
    expect(await send(open, 'GET /ledger', hostOf(open) + fields)).toMatchObject({ status: 200 })
  })

  test.each(['', 'Content-Type: text/plain\r\n', 'Content-Type: text/plain; a=application/json\r\n'])(
    'no POST with %j, which a form of a page can send',
    async (type) => {
      for (const path of ['/shutdown', '/ledger/reset', '/links', '/faults']) {
        const reply = await send(open, `POST ${path}`, hostOf(open) + type)
        expect([reply.status, reply.body]).toEqual([415, expect.stringMatching(/application\/json/)])
      }
    },
  )

  test('a POST of JSON, whatever its parameters', async () => {
    const type = 'content-type: Application/JSON; charset=utf-8\r\n'
    expect(await send(open, 'POST /ledger/reset', hostOf(open) + type)).toMatchObject({ status: 200 })
  })
})

describe('with a token', () => {
  test.each(['', 'Authorization: Bearer wrong\r\n', `Authorization: Basic ${controlToken}\r\n`])(
    'nobody who sends %j',
    async (field) => {
      for (const request of ['GET /health', 'GET /client.pem', 'POST /shutdown', 'GET /nowhere']) {
        const { status, body } = await send(locked, request, hostOf(locked) + json + field)
        expect([status, body]).toEqual([401, expect.not.stringContaining(controlToken)])
      }
    },
  )

  test('who knows it', async () => {
    const fields = `${hostOf(locked)}authorization: bearer ${controlToken}\r\n`
    expect(await send(locked, 'GET /health', fields)).toMatchObject({ status: 200 })
    expect(await send(locked, 'POST /ledger/reset', fields + json)).toMatchObject({ status: 200 })
  })

  test.each(['', 'with space', 'é', 'x'.repeat(300)])('a token of %j is refused, and not repeated', async (token) => {
    const started = startFixtureServer({ controlToken: token })
    await expect(started).rejects.toThrow(/controlToken/)
    if (token) await expect(started).rejects.not.toThrow(token)
  })
})

test('listens on the loopback address whatever the other listeners are bound to', async () => {
  await using server = await startFixtureServer({ host: '0.0.0.0', workers: 2 })
  const { hostname, port } = new URL(server.urls.control)
  expect(hostname).toBe('127.0.0.1')
  // On Linux every address of 127.0.0.0/8 is this machine's own: a listener on all addresses would answer here.
  await expect(fetch(`http://127.0.0.2:${port}/health`)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } })
  expect((await fetch(`http://127.0.0.2:${new URL(server.urls.http).port}/get`)).status).toBe(200)
})
