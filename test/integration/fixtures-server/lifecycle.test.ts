import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { FixtureError, startFixtureServer } from '../../../fixtures-server/index.ts'
import { RawClient } from './raw-client.ts'

const main = fileURLToPath(new URL('../../../fixtures-server/main.ts', import.meta.url))
const children: ChildProcess[] = []

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

function start(args: string[] = [], env: Record<string, string> = {}): ChildProcess {
  const child = fork(main, args, { silent: true, env: { ...process.env, ...env } })
  children.push(child)
  return child
}

async function ready(child: ChildProcess) {
  const [message] = await once(child, 'message')
  return message as {
    kind: string
    urls: { http: string; https: string; control: string }
    ca: string
    message: string
  }
}

describe('in process', () => {
  test('a port in use is an error that names it, and frees the ports already opened', async () => {
    await using first = await startFixtureServer()
    const taken = Number(new URL(first.urls.http).port)
    const started = startFixtureServer({ ports: { https: taken } })
    await expect(started).rejects.toThrow(FixtureError)
    await expect(started).rejects.toMatchObject({
      code: 'port-in-use',
      message: expect.stringContaining(`Port ${taken}`),
    })
  })

  test('every bad option is named', async () => {
    const started = startFixtureServer({ seed: -1, ports: { http: 70_000 }, idleTimeoutMs: 0.5 })
    await expect(started).rejects.toThrow(/ports\.http: .*seed: .*idleTimeoutMs: /s)
  })

  test('a host that others can reach carries a warning', async () => {
    await using open = await startFixtureServer({ host: '0.0.0.0' })
    expect(open.warnings).toEqual([expect.stringContaining('0.0.0.0')])
    expect((await fetch(`${open.urls.http}/get`)).status).toBe(200)
    await using local = await startFixtureServer({ host: 'localhost' })
    expect(local.warnings).toEqual([])
  })

  test('close lets a reply under way finish, ends idle connections, and frees every port', async () => {
    const server = await startFixtureServer()
    const link = await server.openLink({ listener: 'http', rttMs: 1 })
    const idle = [
      await RawClient.connect(server.urls.http),
      await RawClient.connect(server.urls.https, { ca: server.ca }),
    ]
    for (const client of idle) await client.get('/get')
    const handedOver = await RawClient.connect(server.urls.http)
    await handedOver.get('/headers')
    const overLink = await RawClient.connect(link.url)
    await overLink.get('/get')
    const busy = await RawClient.connect(server.urls.http)
    busy.send('GET /delay/0.2 HTTP/1.1\r\nHost: a\r\n\r\n')
    while (server.ledger().listeners.http.requests < 4) await new Promise(setImmediate)
    const closing = server.close()
    expect((await busy.reply()).status).toBe(200)
    for (const client of [...idle, handedOver, overLink, busy]) {
      await client.ended()
      client.socket.destroy()
    }
    await closing
    await server.close()
    const ports = { http: Number(new URL(server.urls.http).port), https: Number(new URL(server.urls.https).port) }
    await using _again = await startFixtureServer({
      ports: { ...ports, control: Number(new URL(server.urls.control).port) },
    })
    await expect(server.openLink({ listener: 'http', rttMs: 1 })).rejects.toThrow(/closed/)
  })
})

describe('as a process', () => {
  test('reports its addresses and serves until its parent disconnects', async () => {
    const child = start(['{"seed":3}'])
    const { kind, urls, ca } = await ready(child)
    expect(kind).toBe('ready')
    expect(ca).toMatch(/^-----BEGIN CERTIFICATE-----/)
    expect((await fetch(`${urls.http}/get`)).status).toBe(200)
    const exited = once(child, 'exit')
    child.disconnect()
    expect(await exited).toEqual([0, null])
  })

  test('reports why it cannot start', async () => {
    const { urls } = await ready(start())
    const child = start(['--http', new URL(urls.http).port])
    const exited = once(child, 'exit')
    expect(await ready(child)).toEqual({ kind: 'failed', message: expect.stringContaining('is in use') })
    expect(await exited).toEqual([2, null])
    const misused = start(['{oops'])
    expect(await ready(misused)).toMatchObject({ kind: 'failed' })
  })

  test.each(['SIGTERM', 'SIGINT'] as const)('drains and exits on %s', async (signal) => {
    const child = start()
    const { urls } = await ready(child)
    const slow = fetch(`${urls.http}/delay/0.2`)
    for (;;) {
      const { listeners } = (await (await fetch(`${urls.control}/ledger`)).json()) as {
        listeners: { http: { requests: number } }
      }
      if (listeners.http.requests === 1) break
    }
    const exited = once(child, 'exit')
    child.kill(signal)
    expect((await slow).status).toBe(200)
    expect(await exited).toEqual([0, null])
  })

  test.each([
    ['from the environment', [], { SESSIONBENCH_CONTROL_TOKEN: 'from-the-environment' }],
    ['as an argument', ['--control-token', 'as-an-argument'], {}],
    ['among the options', ['{"controlToken":"among-the-options"}'], {}],
  ])('takes a control token %s', async (how, args, env) => {
    const { urls } = await ready(start(args, env))
    expect((await fetch(`${urls.control}/health`)).status).toBe(401)
    const headers = { authorization: `Bearer ${how.replaceAll(' ', '-')}` }
    expect((await fetch(`${urls.control}/health`, { headers })).status).toBe(200)
  })

  test('closes when the control port says so', async () => {
    const child = start()
    const { urls } = await ready(child)
    const exited = once(child, 'exit')
    expect(
      await (
        await fetch(`${urls.control}/shutdown`, { method: 'POST', headers: { 'content-type': 'application/json' } })
      ).json(),
    ).toEqual({ status: 'closing' })
    expect(await exited).toEqual([0, null])
  })

  test('prints addresses and a CA file when nobody started it with fork', async () => {
    const child = spawn(process.execPath, [main, '--workers', '2', '--seed', '4'])
    children.push(child)
    let text = ''
    while (!text.includes('ca.pem')) text += String((await once(child.stdout, 'data'))[0])
    const url = /^https +(\S+)$/m.exec(text)?.[1] as string
    const path = /^CA certificate +(\S+)$/m.exec(text)?.[1] as string
    const client = await RawClient.connect(url, { ca: readFileSync(path) })
    expect((await client.get('/get')).status).toBe(200)
    await client.close()
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    expect(await exited).toEqual([0, null])
    expect(existsSync(path)).toBe(false)
  })

  test('ends when its parent dies without a word', async () => {
    const code = `import { fork } from 'node:child_process'
      const child = fork(${JSON.stringify(main)}, [], { execArgv: [] })
      child.on('message', ({ urls }) => process.stdout.write(JSON.stringify({ pid: child.pid, urls })))`
    const parent = spawn(process.execPath, ['--input-type=module', '-e', code])
    children.push(parent)
    const [text] = await once(parent.stdout, 'data')
    const { pid, urls } = JSON.parse(String(text)) as { pid: number; urls: { http: string } }
    parent.kill('SIGKILL')
    const isAlive = () => {
      try {
        return process.kill(pid, 0)
      } catch {
        return false
      }
    }
    while (isAlive()) await new Promise(setImmediate)
    await expect(fetch(`${urls.http}/get`)).rejects.toThrow()
  })
})
