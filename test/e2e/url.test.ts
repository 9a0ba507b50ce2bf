import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startFixtureServer } from '../../fixtures-server/index.ts'
import { resultsSchema } from '../../src/document/model.ts'
import { runCli } from './run-cli.ts'

const short = ['-d', '300ms', '--warm-up', '50ms'] as const

async function startServer() {
  const server = await startFixtureServer()
  onTestFinished(() => server.close())
  return server
}

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sessionbench-url-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

describe('sessionbench URL', () => {
  it('measures it with a connection for each request and with kept ones, and shows all figures of both', async () => {
    const server = await startServer()
    const { code, stdout, orphans } = await runCli([
      `${server.urls.http}/get?a=1`,
      ...short,
      '-c',
      '3',
      '-H',
      'x-one: two',
    ])
    expect({ code, orphans }).toEqual({ code: 0, orphans: [] })
    expect(stdout).toMatch(/^GET http:\/\/127\.0\.0\.1:\d+\/get\?a=1\n3 at a time, by bare sockets, one process/)
    for (const line of [
      'requests/s',
      'p50 ms',
      'p99.9 ms',
      'CPU µs/request',
      'bytes received',
      'status 200',
      'errors',
    ]) {
      expect(stdout).toMatch(new RegExp(`^${line} +\\S+ +\\S+$`, 'm'))
    }
    expect(stdout).toMatch(/^ms +stateless +kept\nup to [\d.]+ /m)
    expect(stdout).toMatch(/█/)
    expect(stdout).toMatch(/Verdict: /)
    expect(stdout).toMatch(/in 1 quad; a verdict takes 8: --duration \d+s/)
    const { http } = server.ledger().listeners
    expect(http.connectionsAccepted).toBeGreaterThan(3)
    expect(http.requests).toBeGreaterThan(http.connectionsAccepted)
  })

  it('prints results as JSON, which are those that --out has', async () => {
    const { urls } = await startServer()
    const out = join(await makeFolder(), 'results.json')
    const { code, stdout } = await runCli([`${urls.http}/status/201`, ...short, '--json', '--out', out, '--seed', '7'])
    expect(code).toBe(0)
    const results = resultsSchema.parse(JSON.parse(stdout))
    expect(JSON.parse(await readFile(out, 'utf8'))).toEqual(JSON.parse(stdout))
    const [comparison] = results.scenarios[0]?.comparisons ?? []
    expect(comparison).toMatchObject({ unit: 'quad', isolation: 'shared', workload: { model: 'raw' } })
    for (const { wire, statuses, succeeded, failed } of comparison?.arms ?? []) {
      expect({ statuses, failed }).toEqual({ statuses: { 201: succeeded }, failed: 0 })
      expect(wire.requests).toBe(succeeded)
    }
    const [stateless] = comparison?.arms ?? []
    expect(stateless?.wire.connectionsOpened).toBe(stateless?.wire.requests)
  })

  it('sends at a rate, with a method and a body', async () => {
    const { urls } = await startServer()
    const { code, stdout } = await runCli([`${urls.http}/post`, ...short, '-r', '200', '-b', 'hello'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^POST http.*\n200\/s constant, kept: over 100 connections, by bare sockets/)
    expect(stdout).toMatch(/response time/)
    expect(stdout).not.toMatch(/CPU/)
  })

  it('measures by a Session instead, over TLS that it is told to trust', async () => {
    const { urls, ca } = await startServer()
    const file = join(await makeFolder(), 'ca.pem')
    await writeFile(file, ca)
    for (const client of ['raw', 'session']) {
      const { code, stdout } = await runCli([`${urls.https}/get`, ...short, '--client', client, '--ca', file])
      expect(code, stdout).toBe(0)
      expect(stdout).toMatch(client === 'raw' ? /by bare sockets/ : /by Session/)
      const [, full] = /TLS full\/resumed +([\d,]+)\/0/.exec(stdout) ?? []
      expect(Number(full?.replaceAll(',', ''))).toBeGreaterThan(10)
    }
  })

  it('leaves no file behind', async () => {
    const { urls } = await startServer()
    const folder = await makeFolder()
    await runCli([`${urls.http}/get`, ...short], { env: { TMPDIR: folder } })
    expect((await readdir(folder)).filter((name) => name.startsWith('sessionbench-'))).toEqual([])
  })

  it.each([
    [['ftp://127.0.0.1/'], /expected a URL such as 'http:\/\/localhost:3000\/'/],
    [['http://127.0.0.1:1/', '-c', '0'], /whole number from 1 to 10000/],
    [['http://127.0.0.1:1/', '-m', 'BREW'], /expected one of GET, HEAD, POST/],
    [['http://127.0.0.1:1/', '-b', '@/no/such'], /expected a file that can be read/],
    [['http://127.0.0.1:1/', '-H', 'nonsense'], /expected a header such as/],
    [['http://127.0.0.1:1/', '-k', '--ca', '/no/such'], /expected a file that can be read/],
    [['http://127.0.0.1:1/', '-c', '3', '--processes', '4'], /at most one process for each connection/],
    [['http://127.0.0.1:1/', '-c', '50', '--max-connections', '10'], /above the cap of 10 connections/],
    [['http://10.9.8.7/', '--allow-target', '10.9.8.7'], /not asked as fast as it answers: say --rate/],
    [['http://u:secret@127.0.0.1:1/'], /expected no user or password in the URL/],
    [['https://example.org/'], /--target https:\/\/example\.org is someone's server.*--allow-target example\.org/],
    [['http://127.0.0.1:1/', '--report', 'csv=-'], /csv=- is not printed of one URL: give it a file/],
    [['http://127.0.0.1:1/', 'http://127.0.0.1:2/'], /too many arguments/],
  ])('refuses %j and sends nothing', async (args, message) => {
    const { code, stdout, stderr, orphans } = await runCli(args)
    expect(stderr).toMatch(message)
    expect(stderr).not.toMatch(/secret/)
    expect({ code, stdout, orphans }).toEqual({ code: 2, stdout: '', orphans: [] })
  })

  it('says what is wrong with a server that refuses, or answers nothing but errors', async () => {
    const refused = await runCli(['http://127.0.0.1:1/', ...short])
    expect(refused.code).toBe(2)
    expect(refused.stdout).toMatch(/FAILED: none of [\d,]+ iterations of '\w+' succeeded.*refused/)
    const { urls } = await startServer()
    const rated = await runCli(['http://127.0.0.1:1/', ...short, '-r', '50'])
    expect(rated.stdout).toMatch(/FAILED.*refused/)
    expect(rated.stdout).not.toMatch(/timeout/)
    const missing = await runCli([`${urls.http}/status/404`, ...short])
    expect(missing.code).toBe(2)
    expect(missing.stdout).toMatch(/the target answered 404/)
  })
})
