import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { startFixtureServer } from '../../fixtures-server/index.ts'
import { runCli } from './run-cli.ts'

const scenario = (name: string) => fileURLToPath(new URL(`./scenarios/${name}.ts`, import.meta.url))

describe('wrong usage ends with exit code 2 and says what to do', () => {
  it.each([
    [['run', 'no-such-scenario'], /no scenario 'no-such-scenario'.*stateless-vs-session/],
    [['run', '--tag', 'none'], /expected any of .*regression, teaching/],
    [['run', 'stateless-vs-session', '--suite', 'quick'], /either scenarios, or a suite or tags/],
    [['run', '--suite', 'fast'], /Allowed choices are quick, teaching, regression, capacity, all/],
    [['run', '--colour'], /unknown option '--colour'/],
    [['run', '--format', 'yaml'], /Allowed choices are table, json/],
    [['run', '--budget', '20'], /expected a duration such as 500ms, 20s or 2m, got '20'/],
    [['run', '--rtt', 'far'], /expected round-trip times/],
    [['run', '--concurrency', '0'], /whole number from 1 to 10000, got '0'/],
    [['run', '--seed', '-1'], /whole number/],
    [['run', '--margin', 'p99=5%'], /expected a difference from 0.1% to 1000% .*latency.p99=5%.*got 'p99=5%'/],
    [['run', '--rate', '0'], /expected a number from 0.01 to 100000/],
    [['run', '--rate', '10', '--concurrency', '5'], /give one of them/],
    [['run', '--arrivals', 'bursty'], /Allowed choices are constant, poisson/],
    [['run', '--target', 'localhost:8080'], /expected an http:\/\/ or https:\/\/ URL/],
    [['run', '--target', 'https://example.org'], /someone's server/],
    [
      ['run', '--target', 'http://127.0.0.1:1', '--rtt', '20'],
      /--rtt is for the bundled fixture server; leave it out with --target/,
    ],
    [['run', '--out', '/no/such/folder/results.json'], /cannot write .*folder \/no\/such\/folder must exist/],
    [['run', '--out', '/proc/results.json'], /cannot write \/proc\/results.json/],
    [['serve', '--port', '70000'], /whole number from 0 to 65535/],
    [['serve', '--port'], /argument missing/],
    [['serve', '--workers', '0'], /whole number from 1 to 64/],
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

  it.each([
    ['run', '--target', 'http://ann:hun/ter2@127.0.0.1/'],
    ['run', '--target', ' http://ann:hunter2@127.0.0.1:99999/'],
    ['run', '--target', 'ann:hunter2@127.0.0.1'],
    ['tune', '--target', 'http://ann:hun/ter2@127.0.0.1/'],
    ['run', 'http://ann:hun/ter2@127.0.0.1/'],
    ['http://ann:hun/ter2@127.0.0.1/'],
    ['run', '--rtt', 'http://ann:hun/ter2@127.0.0.1/'],
    ['compare', '--base', 'http://ann:hun/ter2@127.0.0.1/'],
  ])('repeats no password: %j', async (...args) => {
    const { code, stdout, stderr } = await runCli(args)
    expect(stderr).toContain('***@127.0.0.1')
    expect(stdout + stderr).not.toMatch(/hun|ter2|ann:/)
    expect(code).toBe(2)
  })

  const schemeless = 'ann:hunter2@127.0.0.1:99999'
  const slashes = '//ann:hunter2@127.0.0.1'
  it.each([
    ['run', schemeless],
    ['run', '--target', schemeless],
    ['run', '--target', 'http://127.0.0.1:1', '--rtt', schemeless],
    ['run', '--abort-on', schemeless],
    ['run', '--report', schemeless],
    ['run', '--out', `./${schemeless}/results.json`],
    ['run', '--report', `md=${schemeless}/report.md`],
    ['tune', '--target', slashes],
    ['tune', schemeless],
    ['tune', '--out', `${slashes}/tuning.json`],
    ['calibrate', schemeless],
    ['calibrate', '--out', `${schemeless}/calibration.json`],
    ['compare', schemeless, slashes],
    ['compare', schemeless, '--base', 'HEAD'],
    ['compare', scenario('raw-agents'), '--variant', schemeless, '--base', 'HEAD'],
    ...['', './', 'git:', 'folder:', 'folder://', 'file:./'].map((kind) => [
      'compare',
      scenario('raw-agents'),
      '--base',
      `${kind}${schemeless}${kind === 'file:./' ? '.tgz' : ''}`,
    ]),
    ['compare', scenario('raw-agents'), '--base', slashes],
    ['compare', scenario('raw-agents'), '--base', 'folder:ann:hun/ter2@127.0.0.1'],
    ['check', '--baseline', schemeless],
    ['check', '--from', slashes],
    ['baseline', 'save', '--from', schemeless],
    ['baseline', 'save', '--calibration', schemeless],
    ['baseline', 'save', '--from', 'x', '--baseline', `${schemeless}/baseline.json`],
    ['baseline', 'show', '--baseline', slashes],
    ['baseline', 'diff', schemeless],
    ['report', schemeless],
    ['report', slashes],
    ['schema', schemeless],
    ['serve', '--host', schemeless],
    [schemeless],
    ['run', `--${schemeless}`],
  ])('nor one of what has no scheme: %j', async (...args) => {
    const { code, stdout, stderr } = await runCli(args, { cwd: tmpdir() })
    expect(stdout + stderr).not.toMatch(/hun|ter2|ann:/)
    expect(stderr).not.toMatch(/has a bug/)
    expect(code).toBe(2)
  })

  it('says when a port is in use', async () => {
    await using server = await startFixtureServer()
    const port = new URL(server.urls.http).port
    const { code, stderr, orphans } = await runCli(['serve', '--port', port])
    expect(stderr).toMatch(new RegExp(`[Pp]ort ${port} .*in use`))
    expect({ code, orphans }).toEqual({ code: 2, orphans: [] })
  })

  it('says before anything is measured when the budget cannot do for a first look, and what would', async () => {
    const args = ['run', scenario('raw-agents'), '--warm-up', '300ms', '--budget', '500ms']
    const { code, stdout, stderr, orphans } = await runCli(args)
    expect(stderr).toMatch(
      /the budget of 0.5 s is too short for a first look at raw-agents, http, 0 ms RTT: .*at least \d.* s; give --budget \d+s/,
    )
    expect(stdout).toBe('')
    expect({ code, orphans }).toEqual({ code: 2, orphans: [] })
  })
})

describe('the other commands', () => {
  it('list the scenarios', async () => {
    const { code, stdout } = await runCli(['list'])
    expect(code).toBe(0)
    expect(stdout).toContain('stateless-vs-session')
    expect(stdout).toContain('What does keeping the connection buy?')
  })

  it('list those of a suite, also for programs', async () => {
    const { code, stdout } = await runCli(['list', '--suite', 'quick', '--format', 'json'])
    expect(code).toBe(0)
    const scenarios = JSON.parse(stdout) as { name: string; tags: string[]; atMostMs: number }[]
    expect(scenarios.map(({ name }) => name)).toContain('ten-requests')
    for (const { tags, atMostMs } of scenarios) {
      expect(tags).toContain('quick')
      expect(atMostMs).toBeGreaterThan(0)
    }
  })

  it('serve until interrupted', async () => {
    const args = ['serve', '--rtt', '5', '--host', '127.0.0.2', '--workers', '2', '--no-session-tickets']
    const { code, stdout, orphans } = await runCli(args, { at: /Ctrl-C stops/ })
    expect(stdout).toMatch(/http +http:\/\/127/)
    expect(stdout).toMatch(/https, 5 ms RTT +https:\/\/127/)
    const caFile = /listeners: (\/\S+ca\.pem), or http/.exec(stdout)?.[1]
    expect({ code, orphans, caFile, isLeft: existsSync(caFile as string) }).toEqual({
      code: 0,
      orphans: [],
      caFile: expect.any(String),
      isLeft: false,
    })
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
