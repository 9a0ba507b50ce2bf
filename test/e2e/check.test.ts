import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startFixtureServer } from '../../fixtures-server/index.ts'
import { baselineSchema } from '../../src/check/baseline-model.ts'
import { checkSchema } from '../../src/check/check-model.ts'
import { type Results, resultsSchema } from '../../src/document/model.ts'
import { quick, runCli } from './run-cli.ts'

const where = ['--protocol', 'http', '--rtt', '0']
let cwd = ''

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'sessionbench-check-'))
})
afterAll(() => rm(cwd, { recursive: true }))

const sessionbench = (...args: string[]) => runCli(args, { cwd })

/** The same results with a change. */
async function writeChanged(from: string, to: string, change: (results: Results) => void): Promise<void> {
  const results = resultsSchema.parse(JSON.parse(await readFile(join(cwd, from), 'utf8')))
  change(results)
  await writeFile(join(cwd, to), JSON.stringify(results))
}

const allComparisons = ({ scenarios }: Results) => scenarios.flatMap(({ comparisons }) => comparisons)

/** The session does not keep its connections. */
function leak(results: Results): void {
  for (const block of allComparisons(results).flatMap(({ blocks }) => blocks)) {
    if (block.arm !== 'session') continue
    block.wire.connectionsOpened += block.wire.requests
    block.newCarriers.connections += block.wire.requests
  }
}

function dropSession(results: Results): void {
  for (const comparison of allComparisons(results)) {
    const isKept = ({ arm }: { arm: string }) => arm !== 'session'
    comparison.arms = comparison.arms.filter(({ id }) => id !== 'session')
    comparison.blocks = comparison.blocks.filter(isKept)
    comparison.warmUps = comparison.warmUps?.filter(isKept)
    Object.assign(comparison, { contrasts: [], thresholds: [], expectations: [], ledger: null })
  }
  for (const scenario of results.scenarios) scenario.roundTripModel = []
}

const failure = "none of 9 iterations of 'session' succeeded in its warm-up"

/** No arm came up. */
function fail(results: Results): void {
  for (const comparison of allComparisons(results)) {
    const nothing = { rounds: 0, blocks: [], contrasts: [], thresholds: [], expectations: [] }
    const end = { state: 'failed', message: failure } as const
    for (const arm of comparison.arms) arm.blocks = 0
    Object.assign(comparison, { ...nothing, end, ledger: null, validity: 'invalid', reasons: [failure] })
  }
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

    await writeChanged('results.json', 'leaking.json', leak)
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

  /** Text, Markdown and JUnit of a command that is given files, and how it ended. */
  async function judge(...args: string[]) {
    const { code, stdout, stderr } = await sessionbench(...args, '--report', 'md=judged.md,junit=judged.xml')
    const [md, junit] = await Promise.all(['judged.md', 'judged.xml'].map((file) => readFile(join(cwd, file), 'utf8')))
    return { code, text: stdout.replaceAll(/\n +/g, ' '), md, junit, stderr }
  }

  it('finds each of two scenarios of one name again', async () => {
    await writeChanged('results.json', 'twice.json', (results) => {
      const [first] = results.scenarios as [Results['scenarios'][number]]
      const second = structuredClone({ ...first, url: 'file:///elsewhere/stateless-vs-session.ts' })
      results.scenarios.push(second)
      // The one that is not kept would be a regression of the other.
      leak({ ...results, scenarios: [second] })
    })
    expect(await judge('compare', 'twice.json', 'twice.json')).toMatchObject({
      code: 0,
      text: expect.stringMatching(/^stateless-vs-session-2 [\s\S]*PASS, exit code 0/m),
    })
  })

  it('passes nothing of which the later run says nothing', async () => {
    await writeChanged('results.json', 'without.json', dropSession)
    const place = 'stateless-vs-session, http, 0 ms RTT, session'
    const said = {
      text: expect.stringMatching(new RegExp(`undecided: ${place}, missing: not in the later run`)),
      md: expect.stringMatching(new RegExp(`inconclusive, 1 of [\\s\\S]*\\*undecided\\*\\* \\| ${place}.* missing `)),
      junit: expect.stringMatching(/name="session: measured again".*<skipped>undecided: missing: not in the later run/),
    }
    expect(await judge('compare', 'results.json', 'without.json')).toMatchObject({ code: 0, ...said })
    expect(await judge('check', '--from', 'without.json', '--inconclusive', 'fail')).toMatchObject({ code: 3, ...said })
    expect(await judge('compare', 'without.json', 'results.json', '--inconclusive', 'fail')).toMatchObject({
      code: 0,
      text: expect.stringMatching(/note: stateless-vs-session, http, 0 ms RTT, session: not in the earlier run/),
    })
  })

  it.each([
    ['failed', fail, failure],
    [
      'was interrupted',
      (results: Results) => void Object.assign(results, { partial: true }),
      'the run was interrupted',
    ],
  ])('is INVALID when the later run %s, and every report says why', async (_, change, reason) => {
    await writeChanged('results.json', 'later.json', change)
    const expected = expect.objectContaining({
      code: 2,
      text: expect.stringMatching(new RegExp(`INVALID, exit code 2[\\s\\S]*${reason}`)),
      md: expect.stringMatching(new RegExp(`sessionbench: INVALID[\\s\\S]*${reason}`)),
      junit: expect.stringMatching(new RegExp(`<error type="invalid".*${reason.replaceAll("'", '&#39;')}`)),
    })
    expect(await judge('check', '--from', 'later.json')).toEqual(expected)
    expect(await judge('compare', 'results.json', 'later.json')).toEqual(expected)
    const diff = await sessionbench('baseline', 'diff', 'later.json')
    expect(diff.stdout.replaceAll(/\n +/g, ' ')).toMatch(new RegExp(`INVALID, exit code 2[\\s\\S]*${reason}`))
    expect(diff.code).toBe(2)
  })

  it.each([
    ['failed', fail, failure],
    ['was interrupted', (results: Results) => void Object.assign(results, { partial: true }), ' was interrupted'],
  ])('is INVALID when the earlier run %s, and every report says why', async (_, change, reason) => {
    await writeChanged('results.json', 'earlier.json', change)
    expect(await judge('compare', 'earlier.json', 'results.json')).toEqual(
      expect.objectContaining({
        code: 2,
        text: expect.stringMatching(new RegExp(`INVALID, exit code 2\\s+the earlier run.*${reason}`)),
        md: expect.stringMatching(new RegExp(`sessionbench: INVALID\\s+- the earlier run.*${reason}`)),
        junit: expect.stringMatching(
          new RegExp(`<error type="invalid" message="the earlier run.*${reason.replaceAll("'", '&#39;')}`),
        ),
      }),
    )
    // No baseline is ever made of it, so that check and baseline diff have no such earlier run.
    const saved = await sessionbench('baseline', 'save', '--from', 'earlier.json', '--baseline', 'none.json')
    expect(saved.code, saved.stderr).toBe(2)
  })

  const histogram =
    /damaged.json is not what the results schema says:\n {4}scenarios.0.comparisons.0.blocks.1.service: expected an Hdr/

  it.each([
    [['report', 'damaged.json'], histogram],
    [['check', '--from', 'damaged.json'], histogram],
    [['compare', 'results.json', 'damaged.json'], histogram],
    [['compare', 'damaged.json', 'results.json'], histogram],
    [['baseline', 'diff', 'damaged.json'], histogram],
    [['baseline', 'save', '--force', '--from', 'damaged.json'], histogram],
    [
      ['check', '--from', 'results.json', '--baseline', 'bad-baseline.json'],
      /bad-baseline.json is .*\n {4}scenarios.0.com.*latency.encoded: /,
    ],
    [
      ['check', '--from', 'results.json', '--calibration', 'bad-calibration.json'],
      /bad-calibration.json is .*calibration[\s\S]*\n {4}noise: /,
    ],
  ])('%j names a damaged file and the place in it', async (args, message) => {
    await writeChanged('results.json', 'damaged.json', (results) => {
      Object.assign(allComparisons(results)[0]?.blocks[1] ?? {}, { service: 'AAAA' })
    })
    const baseline = baselineSchema.parse(JSON.parse(await readFile(join(cwd, 'sessionbench-baseline.json'), 'utf8')))
    Object.assign(baseline.scenarios[0]?.comparisons[0]?.arms[0]?.latency ?? {}, { encoded: '' })
    await writeFile(join(cwd, 'bad-baseline.json'), JSON.stringify(baseline))
    const calibration = { schemaVersion: 1, kind: 'sessionbench.calibration', noise: 'none' }
    await writeFile(join(cwd, 'bad-calibration.json'), JSON.stringify(calibration))
    const { code, stderr } = await sessionbench(...args)
    expect(stderr).toMatch(message)
    expect(code).toBe(2)
  })

  it.each([
    [['report', 'contrary.json']],
    [['check', '--from', 'contrary.json']],
    [['compare', 'results.json', 'contrary.json']],
    [['compare', 'contrary.json', 'results.json']],
    [['baseline', 'diff', 'contrary.json']],
    [['baseline', 'save', '--force', '--from', 'contrary.json']],
  ])('%j names a file that contradicts itself, and where', async (args) => {
    await writeChanged('results.json', 'contrary.json', (results) => {
      Object.assign(allComparisons(results)[0] ?? {}, { baselineArm: 'nobody' })
    })
    const { code, stderr } = await sessionbench(...args)
    expect(stderr).toMatch(
      /contrary.json contradicts itself:\n {4}scenarios.0.comparisons.0.baselineArm: expected one of 'stateless', 'session', got 'nobody'/,
    )
    expect(code).toBe(2)
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
    [['check', '--from', 'part.json'], /part.json is part of a run that was interrupted; measure again/],
    [['compare', 'part.json', 'results.json'], /part.json is part of a run/],
  ])('%j ends with exit code 2', async (args, message) => {
    const { code, stderr } = await sessionbench(...args)
    expect(stderr).toMatch(message)
    expect(code).toBe(2)
  })
})

describe('a server of somebody’s own', () => {
  it('is found again by its name on another port, and not found without one', async () => {
    await using first = await startFixtureServer()
    await using second = await startFixtureServer()
    const alone = fileURLToPath(new URL('./scenarios/one-arm.ts', import.meta.url))
    const measure = (url: string, ...args: string[]) => [alone, ...quick, '--target', url, ...args]
    const baseline = ['--baseline', 'own.json']
    const named = ['--target-name', 'shop']
    const saved = await sessionbench('baseline', 'save', ...measure(first.urls.http, ...named), ...baseline)
    expect(saved.code, saved.stderr).toBe(0)
    const again = await sessionbench('check', ...measure(second.urls.http, ...named), ...baseline)
    expect(again, again.stderr).toMatchObject({ code: 0, stdout: expect.stringMatching(/shop \(http:.*\)[\s\S]*PASS/) })
    const elsewhere = await sessionbench('check', ...measure(second.urls.http), ...baseline)
    expect(elsewhere).toMatchObject({
      code: 2,
      stdout: expect.stringMatching(/--target-name[\s\S]*nothing in\s+common/),
    })
  })

  it('has a name only where there is one', async () => {
    expect(await sessionbench('run', ...quick, '--target-name', 'shop')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/expected --target beside --target-name/),
    })
  })
})
