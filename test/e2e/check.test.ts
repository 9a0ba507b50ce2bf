import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { baselineSchema } from '../../src/report/baseline-model.ts'
import { checkSchema } from '../../src/report/check-model.ts'
import { resultsSchema } from '../../src/report/model.ts'
import { quick, runCli } from './run-cli.ts'

const where = ['--protocol', 'http', '--rtt', '0']
let cwd = ''

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'sessionbench-check-'))
})
afterAll(() => rm(cwd, { recursive: true }))

const sessionbench = (...args: string[]) => runCli(args, { cwd })

/** The same results, had the session not kept its connections. */
async function writeLeaking(from: string, to: string): Promise<void> {
  const results = resultsSchema.parse(JSON.parse(await readFile(join(cwd, from), 'utf8')))
  for (const block of results.scenarios.flatMap(({ comparisons }) => comparisons).flatMap(({ blocks }) => blocks)) {
    if (block.arm !== 'session') continue
    block.wire.connectionsOpened += block.wire.requests
    block.newCarriers.connections += block.wire.requests
  }
  await writeFile(join(cwd, to), JSON.stringify(results))
}

describe('a scenario of one variant', () => {
  it('is measured and not compared, judged by its thresholds, and checked against a baseline', async () => {
    const alone = fileURLToPath(new URL('./scenarios/one-arm.ts', import.meta.url))
    const reports = ['md=alone.md', 'junit=alone.xml', 'csv=alone.csv', 'html=alone.html'].join(',')
    const run = await sessionbench('run', alone, ...quick, '--out', 'alone.json', '--report', reports)
    expect(run).toMatchObject({ code: 0, orphans: [] })
    expect(run.stdout).toMatch(
      /session: [\d,.]+ iterations per second, p50 .* one\s+variant, so\s+nothing is\s+compared/,
    )
    expect(run.stdout).toMatch(/threshold held: session errorRate max 0/)
    const baseline = ['--baseline', 'alone-baseline.json']
    expect(await sessionbench('baseline', 'save', '--from', 'alone.json', ...baseline)).toMatchObject({ code: 0 })
    expect(await sessionbench('check', alone, ...quick, ...baseline)).toMatchObject({ code: 0 })
  })
})

describe('sessionbench baseline and check', () => {
  it('keep a run, pass the same code, and fail when a counter is more', async () => {
    expect(await sessionbench('run', ...quick, ...where, '--out', 'results.json')).toMatchObject({ code: 0 })
    expect(await sessionbench('baseline', 'save', '--from', 'results.json')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^wrote sessionbench-baseline.json: 1 comparison/),
    })
    baselineSchema.parse(JSON.parse(await readFile(join(cwd, 'sessionbench-baseline.json'), 'utf8')))
    expect(await sessionbench('baseline', 'show')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/stateless-vs-session, http, 0 ms RTT: stateless, session/),
    })

    const again = await sessionbench('check', ...quick, ...where, '--format', 'json')
    expect(again.code, again.stdout + again.stderr).toBe(0)
    const check = checkSchema.parse(JSON.parse(again.stdout))
    expect(check.changes.flatMap(({ counters }) => counters).filter(({ state }) => state !== 'same')).toEqual([])
    expect(check.changes).toHaveLength(2)

    await writeLeaking('results.json', 'leaking.json')
    const leaking = await sessionbench('check', '--from', 'leaking.json')
    expect(leaking).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(
        /failed: .*session: connectionsPerRequest, allowed \d+ connections, measured[\s\S]*REGRESSION, exit code 1/,
      ),
    })
    const reports = ['--report', 'md=check.md,junit=check.xml,json=check.json']
    expect(await sessionbench('compare', 'results.json', 'leaking.json', ...reports)).toMatchObject({ code: 1 })
    expect(await readFile(join(cwd, 'check.md'), 'utf8')).toMatch(
      /^### sessionbench: regression, 1 of \d+ gates failed/,
    )
    expect(await readFile(join(cwd, 'check.xml'), 'utf8')).toMatch(
      /<testcase name="session: connectionsPerRequest".*<failure/,
    )
    checkSchema.parse(JSON.parse(await readFile(join(cwd, 'check.json'), 'utf8')))
    await writeFile(
      join(cwd, 'part.json'),
      (await readFile(join(cwd, 'results.json'), 'utf8')).replace('"partial": false', '"partial": true'),
    )
    expect(await sessionbench('baseline', 'diff', 'leaking.json')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/exit code 0/),
    })
    // Three rounds decide no threshold on a ratio.
    expect(await sessionbench('check', '--from', 'results.json', '--inconclusive', 'fail')).toMatchObject({ code: 3 })
  })

  it.each([
    [['baseline', 'save', '--from', 'results.json'], /exists; --force replaces it/],
    [['check', '--baseline', 'missing.json'], /cannot read missing.json \(ENOENT\): .*baseline save/],
    [['check', '--baseline', 'results.json'], /holds results, expected a baseline: .*--from results.json/],
    [['check', '--from', 'missing.json'], /cannot read missing.json/],
    [['check', 'stateless-vs-session', '--from', 'results.json'], /either scenarios to run or --from/],
    [['check', '--from', 'results.json', '--tolerance', 'bytes=1'], /expected one of connectionsPerRequest/],
    [['compare', 'results.json'], /expected two result files/],
    [['compare', 'results.json', 'results.json', '--report', 'csv=a.csv'], /csv is a report of one run/],
    [['check', '--from', 'results.json', '--report', 'csv=-'], /csv is a report of the run/],
    [['check', '--from', 'results.json', '--report', 'md=results.json'], /two reports would go to/],
    [['check', '--from', 'part.json'], /part.json is part of a run that was interrupted/],
    [['compare', 'part.json', 'results.json'], /part.json is part of a run/],
  ])('%j ends with exit code 2', async (args, message) => {
    const { code, stderr } = await sessionbench(...args)
    expect(stderr).toMatch(message)
    expect(code).toBe(2)
  })
})
