import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { quick, runCli } from './run-cli.ts'

const scenario = fileURLToPath(new URL('./scenarios/raw-agents.ts', import.meta.url))
const formats = [
  'md',
  'html',
  'junit',
  'json',
  'csv',
  'csv-blocks',
  'hlog',
  'openmetrics',
  'smaller-is-better',
  'bigger-is-better',
]

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sessionbench-report-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('reports', () => {
  it('are all made by one run, and again to the byte from its results', async () => {
    const list = (place: string) => formats.map((format) => `${format}=${place}-${format}`).join(',')
    const run = await runCli(
      ['run', scenario, ...quick, '--out', 'results.json', '--report', list('run'), '--report', 'hgrm=hgrm'],
      { cwd: folder },
    )
    expect({ code: run.code, orphans: run.orphans }, run.stderr).toEqual({ code: 0, orphans: [] })
    expect(run.stdout).toContain('Verdict:')
    const again = await runCli(['report', 'results.json', '--report', list('again')], { cwd: folder })
    expect({ code: again.code, stderr: again.stderr, stdout: again.stdout }).toEqual({
      code: 0,
      stderr: '',
      stdout: run.stdout,
    })
    for (const format of formats) {
      const [first, second] = await Promise.all(
        ['run', 'again'].map((place) => readFile(join(folder, `${place}-${format}`), 'utf8')),
      )
      expect(second, format).toBe(first)
    }
    expect(await readdir(join(folder, 'hgrm'))).toHaveLength(2)
    expect(await readFile(join(folder, 'results.json'), 'utf8')).toBe(await readFile(join(folder, 'run-json'), 'utf8'))
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it('are printed instead of the table, and added to the summary of a job', async () => {
    const results = join(folder, 'results.json')
    const summary = join(folder, 'summary.md')
    await writeFile(summary, 'an earlier step\n')
    const args = ['report', results, '--report', `md=${summary},junit=-`]
    const { code, stdout } = await runCli(args, { env: { GITHUB_STEP_SUMMARY: summary } })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^<\?xml[\s\S]*<\/testsuites>\n$/)
    expect(await readFile(summary, 'utf8')).toMatch(/^an earlier step\n### sessionbench: /)
  })

  it.each([
    [['run', scenario, '--report', 'yaml=a'], /no report format 'yaml'; expected one of md, html, junit/],
    [['run', scenario, '--report', 'md'], /expected format=path/],
    [['run', scenario, '--report', 'md=a,csv=./a'], /two reports would go to/],
    [['run', scenario, '--out', 'a', '--report', 'json=a'], /two reports would go to/],
    [['run', scenario, '--report', 'md=-,csv=-'], /both ask for stdout/],
    [['run', scenario, '--report', 'md=no/such/a.md'], /cannot write no\/such\/a.md .* must exist/],
    [['report', 'none.json'], /cannot read none.json/],
    [['report', scenario], /is not JSON/],
    [['report', 'results.json', '--report', 'json=results.json'], /two reports would go to|results.json/],
    [['report'], /missing required argument 'file'/],
  ])('%j ends with exit code 2 before anything is measured', async (args, message) => {
    const { code, stdout, stderr } = await runCli(args, { cwd: folder })
    expect(stderr).toMatch(message)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  })

  it('have a schema that is printed', async () => {
    const { code, stdout } = await runCli(['schema'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ $id: 'urn:sessionbench:results:1', title: 'sessionbench results' })
  })

  it('have a schema for every document, printed or in a folder', async () => {
    expect(JSON.parse((await runCli(['schema', 'check'])).stdout)).toMatchObject({ $id: 'urn:sessionbench:check:1' })
    const schemas = join(folder, 'schemas')
    expect(await runCli(['schema', '--all', schemas])).toMatchObject({ code: 0, stdout: '' })
    const files = await readdir(schemas)
    expect(files).toEqual(
      expect.arrayContaining(
        ['results', 'baseline', 'check', 'calibration', 'tuning'].map((name) => `${name}.schema.json`),
      ),
    )
    expect(await runCli(['schema', 'config'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/choices are results/),
    })
    expect(await runCli(['schema', 'check', '--all', schemas])).toMatchObject({ code: 2 })
  })
})
