import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Results, resultsSchema } from '../../src/document/model.ts'
import { tuningSchema } from '../../src/tune/report/model.ts'
import { runCli } from './run-cli.ts'

const scenario = fileURLToPath(new URL('./scenarios/raw-agents.ts', import.meta.url))
const bounds = ['--warm-up', '200ms', '--block', '400ms', '--budget', '60s', '--seed', '5']

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sessionbench-killed-'))
})
afterAll(() => rm(folder, { recursive: true }))

const blocksOf = ({ scenarios }: Results) =>
  scenarios.flatMap(({ comparisons }) => comparisons.flatMap((comparison) => comparison.blocks))

async function report(log: string) {
  const { code, stdout, stderr } = await runCli(['report', log, '--format', 'json'], { cwd: folder })
  expect(code, stderr).toBe(0)
  return { stderr, results: resultsSchema.parse(JSON.parse(stdout)) }
}

describe('a run that is killed outright', () => {
  it('has every block that it told of in its log, and report makes its results of them', async () => {
    const args = ['run', scenario, ...bounds, '--out', 'killed.json']
    const { stderr, orphans } = await runCli(args, { cwd: folder, at: /measuring: [1-9]/, signal: 'SIGKILL' })
    expect(orphans).toEqual([])
    expect(await readdir(folder)).toEqual(['killed.ndjson'])
    const rounds = Math.max(...[...stderr.matchAll(/measuring: (\d+) round/g)].map(([, count]) => Number(count)))

    const { results, stderr: said } = await report('killed.ndjson')
    const [comparison] = results.scenarios.flatMap(({ comparisons }) => comparisons)
    expect(blocksOf(results).length).toBeGreaterThanOrEqual(4 * rounds)
    expect({ partial: results.partial, seed: results.seed, end: comparison?.end }).toEqual({
      partial: true,
      seed: 5,
      end: { state: 'interrupted' },
    })
    expect(said).toMatch(/killed\.ndjson is not the whole of what was to be measured \(it was killed/)

    // As if the kill had come while a line was written.
    const text = await readFile(join(folder, 'killed.ndjson'), 'utf8')
    const lastLine = text.slice(0, -1).lastIndexOf('\n') + 1
    await writeFile(join(folder, 'cut.ndjson'), text.slice(0, Math.floor((lastLine + text.length) / 2)))
    const cut = await report('cut.ndjson')
    expect(cut.stderr).toMatch(/cut\.ndjson ends in the middle of line \d+, which is left out/)
    expect(blocksOf(results).length - blocksOf(cut.results).length).toBeLessThanOrEqual(1)

    const formats = await runCli(['report', 'killed.ndjson', '--report', 'md=a.md,junit=a.xml,csv=a.csv'], {
      cwd: folder,
    })
    expect(formats.stdout).toMatch(/PARTIAL \(interrupted\)/)
    expect(await readFile(join(folder, 'a.xml'), 'utf8')).toMatch(/interrupted/)
  })

  it('comes to the same document by its log as by itself, when nobody kills it', async () => {
    const args = ['run', scenario, ...bounds, '--rounds', '2', '--out', 'whole.json']
    const { code, stderr } = await runCli(args, { cwd: folder })
    expect(code, stderr).toBe(0)
    const again = await runCli(['report', 'whole.ndjson', '--format', 'json'], { cwd: folder })
    expect({ stderr: again.stderr, stdout: again.stdout }).toEqual({
      stderr: '',
      stdout: await readFile(join(folder, 'whole.json'), 'utf8'),
    })
  })
})

describe('a calibration that is killed outright', () => {
  it('has what it found out in its log, which report prints', async () => {
    const args = ['calibrate', '--quick', '--only', 'machine', '--out', 'machine.json']
    await runCli(args, { cwd: folder, at: /known latencies/, signal: 'SIGKILL' })
    const { code, stdout, stderr } = await runCli(['report', 'machine.ndjson'], { cwd: folder })
    expect({ code }, stderr).toEqual({ code: 0 })
    expect(stdout).toMatch(/interrupted; what was measured, kept in machine\.ndjson/)
    expect(stdout).toMatch(/clock: steps of .* ns/)
    expect(stderr).toMatch(/machine\.ndjson is not the whole/)
    const refused = await runCli(['report', 'machine.ndjson', '--report', 'md=a'], { cwd: folder })
    expect(refused.stderr).toMatch(/is of a calibration, which --report has no formats of/)
    expect(refused.code).toBe(2)
  })
})

describe('a tuning that is killed outright', () => {
  it('has what it measured in its log, which report prints', async () => {
    const args = ['tune', '--warm-up', '50ms', '--vary', 'connections=1..8', '--seed', '1', '--out', 'tuning.json']
    const { orphans } = await runCli(args, { cwd: folder, at: /round [2-9]|what limits|per second/, signal: 'SIGKILL' })
    expect(orphans).toEqual([])
    const { code, stdout, stderr } = await runCli(['report', 'tuning.ndjson', '--format', 'json'], { cwd: folder })
    expect({ code }, stderr).toEqual({ code: 0 })
    const tuning = tuningSchema.parse(JSON.parse(stdout))
    expect({ partial: tuning.partial, seed: tuning.seed, end: tuning.end.state }).toEqual({
      partial: true,
      seed: 1,
      end: 'interrupted',
    })
    expect(tuning.sizes.length).toBeGreaterThan(1)
    expect(stderr).toMatch(/tuning\.ndjson is not the whole/)
    expect((await runCli(['report', 'tuning.ndjson'], { cwd: folder })).stdout).toMatch(/interrupted/)
  })
})
