import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startFixtureServer } from '../../fixtures-server/index.ts'
import { resultsSchema } from '../../src/report/model.ts'
import { cliEntry, quick, runCli } from './run-cli.ts'

const scenario = (name: string) => fileURLToPath(new URL(`./scenarios/${name}.ts`, import.meta.url))

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sessionbench-e2e-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('wrong usage ends with exit code 2 and says what to do', () => {
  it.each([
    [['run', 'no-such-scenario'], /no scenario 'no-such-scenario'.*stateless-vs-session/],
    [['run', '--colour'], /unknown option '--colour'/],
    [['run', '--format', 'yaml'], /Allowed choices are table, json/],
    [['run', '--budget', '20'], /expected a duration such as 500ms, 20s or 2m, got '20'/],
    [['run', '--rtt', 'far'], /expected round-trip times/],
    [['run', '--concurrency', '0'], /whole number from 1 to 10000, got '0'/],
    [['run', '--seed', '-1'], /whole number/],
    [['run', '--target', 'localhost:8080'], /expected an http:\/\/ or https:\/\/ URL/],
    [['run', '--target', 'https://example.org'], /someone's server/],
    [['run', '--target', 'http://127.0.0.1:1', '--rtt', '20'], /leave them out with --target/],
    [['run', '--out', '/no/such/folder/results.json'], /cannot write .*folder \/no\/such\/folder must exist/],
    [['run', '--out', '/proc/results.json'], /cannot write \/proc\/results.json/],
    [['serve', '--port', '70000'], /whole number from 0 to 65535/],
    [['serve', '--port'], /argument missing/],
    [['measure'], /unknown command 'measure'/],
    [['run', scenario('throws-at-import')], /this scenario cannot be imported[\s\S]*throws-at-import\.ts/],
    [['run', scenario('exits-at-import')], /exit code 3\)[\s\S]*leaving before anything/],
    [
      ['run', scenario('invalid')],
      /question: [\s\S]*workload\.concurrency: [\s\S]*variants\.a: [\s\S]*baseline: expected one of 'a', 'b'/,
    ],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr, orphans } = await runCli(args)
    expect(stderr).toMatch(message)
    expect(stderr).not.toMatch(/has a bug/)
    expect({ code, stdout, orphans }).toEqual({ code: 2, stdout: '', orphans: [] })
  })

  it('says when a port is in use', async () => {
    await using server = await startFixtureServer()
    const port = new URL(server.urls.http).port
    const { code, stderr, orphans } = await runCli(['serve', '--port', port])
    expect(stderr).toMatch(new RegExp(`[Pp]ort ${port} .*in use`))
    expect({ code, orphans }).toEqual({ code: 2, orphans: [] })
  })

  it('says when the budget is too short for a first look, and what would do', async () => {
    const args = ['run', scenario('raw-agents'), '--warm-up', '300ms', '--budget', '500ms']
    const { code, stdout, orphans } = await runCli(args)
    expect(stdout).toMatch(/TOO SHORT: the budget of 0.5 s.*--budget \d+s/)
    expect({ code, orphans }).toEqual({ code: 2, orphans: [] })
  })
})

describe('an arm that goes wrong ends its comparison, not the run', () => {
  const runFaulty = (fault: string, ...args: string[]) =>
    runCli(['run', scenario('faulty'), scenario('raw-agents'), ...quick, ...args], { env: { FAULT: fault } })

  it.each([
    ['throws at start', /FAILED: .*no variant today/],
    ['throws always', /FAILED: none of [\d,]+ iterations of 'faulty' succeeded.*never\s+works/],
    ['waits for its signal', /FAILED: none of \d+ iterations of 'faulty'.*longer than 300/],
    ['exits', /FAILED: .*exit code 7[\s\S]*iteration 3/],
    ['answers 404', /FAILED: none of [\d,]+ iterations of 'faulty'[\s\S]*404/],
  ])('%s', async (fault, message) => {
    const { code, stdout, orphans } = await runFaulty(fault)
    expect(stdout.replaceAll(/\n {2}/g, ' ')).toMatch(message)
    // The scenario after it was measured all the same.
    expect(stdout).toMatch(/raw-agents: [\s\S]*Verdict: \w+/)
    expect({ code, orphans }).toEqual({ code: 2, orphans: [] })
  })

  it('in a process of its own too', async () => {
    const { code, stdout, orphans } = await runFaulty('exits', '--isolation', 'process', '--generations', '1')
    expect(stdout).toMatch(/exit code 7/)
    expect({ code, orphans }).toEqual({ code: 2, orphans: [] })
  })

  it('is invalid when it fails more often than the error budget allows', async () => {
    const { code, stdout, orphans } = await runFaulty('throws sometimes')
    expect(stdout.replaceAll(/\n {2}/g, ' ')).toMatch(
      /INVALID: (9\.\d|10) % of faulty's iterations failed, more than the error budget of 1 %, mostly 'other' \(works mostly\)/,
    )
    expect({ code, orphans }).toEqual({ code: 2, orphans: [] })
  })

  it('ends one that hangs without heeding its signal', async () => {
    const { code, stdout, orphans } = await runFaulty('never ends')
    expect(stdout).toMatch(/FAILED: .*hung/)
    expect({ code, orphans }).toEqual({ code: 2, orphans: [] })
  })
})

describe('a target that goes wrong', () => {
  async function listen(server: Server): Promise<string> {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return `127.0.0.1:${(server.address() as { port: number }).port}`
  }
  const run = (target: string) => runCli(['run', scenario('raw-agents'), '--target', target, ...quick])

  it('refuses', async () => {
    const server = createServer()
    const address = await listen(server)
    await new Promise((resolve) => server.close(resolve))
    const { code, stdout, orphans } = await run(`http://${address}`)
    expect(stdout).toMatch(/FAILED: none of .* refused: .*ECONNREFUSED/s)
    expect({ code, orphans }).toEqual({ code: 2, orphans: [] })
  })

  it('resets', async () => {
    const server = createServer((socket) => socket.on('error', () => {}).resetAndDestroy())
    const { code, stdout, orphans } = await run(`http://${await listen(server)}`)
    server.close()
    expect(stdout).toMatch(/FAILED: none of .* reset: /s)
    expect({ code, orphans }).toEqual({ code: 2, orphans: [] })
  })

  it('has a certificate that nobody trusts', async () => {
    await using fixture = await startFixtureServer()
    const args = ['run', 'stateless-vs-session', '--target', fixture.urls.https, ...quick]
    const { code, stdout, orphans } = await runCli(args)
    expect(stdout).toMatch(/FAILED: none of .* tls: /s)
    expect({ code, orphans }).toEqual({ code: 2, orphans: [] })
  })

  it('speaks something else', async () => {
    const server = createTlsServer({})
    const { code, stdout, orphans } = await run(`http://${await listen(server)}`)
    server.close()
    expect(stdout).toMatch(/FAILED: none of /)
    expect({ code, orphans }).toEqual({ code: 2, orphans: [] })
  })

  it('is the fixture server, and is killed: that ends its table and not the run', async () => {
    const args = [
      'run',
      scenario('raw-agents'),
      '--rtt',
      '0,1',
      '--warm-up',
      '50ms',
      '--block',
      '100ms',
      '--rounds',
      '8',
    ]
    const { code, stdout, orphans } = await runCli(args, { at: /measuring: [1-9]/, killChild: /fixtures-server\/main/ })
    expect(stdout).toMatch(
      /http, 0 ms RTT[\s\S]*FAILED: the fixture server did not answer \/ledger: it ended \(SIGKILL\)/,
    )
    expect(stdout).toMatch(/http, 1 ms RTT[\s\S]*ledger agrees in 32 of 32 blocks/)
    expect({ code, orphans }).toEqual({ code: 2, orphans: [] })
  })

  it('is measured without a ledger when it is fine', async () => {
    await using fixture = await startFixtureServer()
    const { code, stdout, orphans } = await run(fixture.urls.http)
    expect(stdout).toMatch(/no ledger to check with/)
    expect({ code, orphans }).toEqual({ code: 0, orphans: [] })
  })
})

describe('an interrupted run', () => {
  it('reports what was measured as partial, keeps it, and leaves nothing running', async () => {
    const out = join(folder, 'interrupted.json')
    const args = [
      'run',
      scenario('raw-agents'),
      '--warm-up',
      '200ms',
      '--block',
      '400ms',
      '--budget',
      '60s',
      '--out',
      out,
    ]
    const { code, stdout, stderr, orphans } = await runCli(args, { at: /measuring: [1-9]/ })
    expect({ code, orphans }, stderr).toEqual({ code: 130, orphans: [] })
    expect(stdout).toMatch(/PARTIAL \(interrupted\)/)
    const results = resultsSchema.parse(JSON.parse(await readFile(out, 'utf8')))
    expect(results.partial).toBe(true)
    expect(results.scenarios[0]?.comparisons[0]?.blocks.length).toBeGreaterThan(0)
    expect(await readdir(folder)).toEqual(['interrupted.json'])
  })

  it('measures nothing more when it is interrupted while it is starting', async () => {
    const args = ['run', scenario('raw-agents'), ...quick]
    const { code, stdout, orphans } = await runCli(args, { at: /starting/ })
    expect(stdout).not.toMatch(/Verdict/)
    expect({ code, orphans }).toEqual({ code: 130, orphans: [] })
  })

  it('starts no further generation of processes', async () => {
    const args = ['run', scenario('raw-agents'), ...quick, '--isolation', 'process', '--generations', '8', '--out']
    const out = join(folder, 'generations.json')
    const { code, orphans } = await runCli([...args, out], { at: /generation 2, warming up/ })
    expect({ code, orphans }).toEqual({ code: 130, orphans: [] })
    const results = resultsSchema.parse(JSON.parse(await readFile(out, 'utf8')))
    const blocks = results.scenarios.flatMap(({ comparisons }) =>
      comparisons.flatMap((comparison) => comparison.blocks),
    )
    expect(Math.max(...blocks.map(({ generation }) => generation))).toBeLessThanOrEqual(1)
    await rm(out)
  })

  it('survives a reader that goes away', async () => {
    const command = `"${process.execPath}" "${cliEntry}" list | true; echo "\${PIPESTATUS[0]}"`
    const { stdout, stderr } = await promisify(execFile)('bash', ['-c', command])
    expect({ stdout, stderr }).toEqual({ stdout: '0\n', stderr: '' })
  })

  it('leaves no children when it is killed outright', async () => {
    const { orphans } = await runCli(['run', scenario('raw-agents')], { at: /warming up/, signal: 'SIGKILL' })
    expect(orphans).toEqual([])
  })
})

describe('the other commands', () => {
  it('list the scenarios', async () => {
    const { code, stdout } = await runCli(['list'])
    expect(code).toBe(0)
    expect(stdout).toContain('stateless-vs-session')
    expect(stdout).toContain('What does keeping the connection buy?')
  })

  it('serve until interrupted', async () => {
    const { code, stdout, orphans } = await runCli(['serve', '--rtt', '5', '--host', '127.0.0.2'], {
      interruptAt: /Ctrl-C stops/,
    })
    expect(stdout).toMatch(/http +http:\/\/127/)
    expect({ code, orphans }).toEqual({ code: 0, orphans: [] })
  })

  it.each([['--help'], ['run', '--help'], ['list', '--help'], ['serve', '--help']])('help: %s %s', async (...args) => {
    const { code, stdout } = await runCli(args)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Usage: sessionbench/)
  })

  it('print the version', async () => {
    const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'))
    expect(await runCli(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n` })
  })

  it('help, and exit code 2, without a command', async () => {
    expect(await runCli([])).toMatchObject({ code: 2 })
  })
})
