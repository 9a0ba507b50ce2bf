import { execFile, execFileSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { resultsSchema } from '../../src/document/model.ts'
import { clientSending, makeTinyProject, scenarioUsing, type TinyProject } from '../integration/compare/tiny-project.ts'
import { type CliOptions, cliEntry, quick, runCli } from './run-cli.ts'

const scenario = (name: string) => fileURLToPath(new URL(`./scenarios/${name}.ts`, import.meta.url))

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sessionbench-e2e-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('an interrupted run', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'reports what was measured as partial, keeps it, and leaves nothing running (%s)',
    async (signal) => {
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
      const { code, stdout, stderr, orphans } = await runCli(args, { at: /measuring: [1-9]/, signal })
      expect({ code, orphans }, stderr).toEqual({ code: 130, orphans: [] })
      expect(stdout).toMatch(/PARTIAL \(interrupted\)/)
      const results = resultsSchema.parse(JSON.parse(await readFile(out, 'utf8')))
      expect(results.partial).toBe(true)
      expect(results.scenarios[0]?.comparisons[0]?.blocks.length).toBeGreaterThan(0)
      expect(await readdir(folder)).toEqual(['interrupted.json', 'interrupted.ndjson'])
      await rm(out)
      await rm(join(folder, 'interrupted.ndjson'))
    },
  )

  it('measures nothing more when it is interrupted while it is starting', async () => {
    const args = ['run', scenario('raw-agents'), ...quick]
    const { code, stdout, orphans } = await runCli(args, { at: /starting/ })
    expect(stdout).not.toMatch(/Verdict/)
    expect({ code, orphans }).toEqual({ code: 130, orphans: [] })
  })

  it('says so in every report when it is interrupted before a scenario has been read', async () => {
    const out = join(folder, 'unread.json')
    const junit = join(folder, 'unread.xml')
    const args = ['run', scenario('faulty'), ...quick, '--out', out, '--report', `junit=${junit}`]
    const env = { FAULT: 'hangs at import' }
    const { code, stdout, orphans } = await runCli(args, { env, at: /importing/ })
    expect({ code, orphans }).toEqual({ code: 130, orphans: [] })
    expect(stdout).toMatch(/PARTIAL \(interrupted\)/)
    expect(resultsSchema.parse(JSON.parse(await readFile(out, 'utf8')))).toMatchObject({ partial: true, scenarios: [] })
    expect(await readFile(junit, 'utf8')).toMatch(/<error[^>]*interrupted/)
    await Promise.all([out, junit, join(folder, 'unread.ndjson')].map((file) => rm(file)))
  })

  it('is no baseline, and no mistake of whoever interrupted it', async () => {
    const args = ['baseline', 'save', scenario('faulty'), ...quick, '--baseline', join(folder, 'baseline.json')]
    const { code, stderr } = await runCli(args, { env: { FAULT: 'hangs at import' }, at: /importing/ })
    expect(stderr).toMatch(/interrupted: part of a run is no baseline/)
    expect({ code, files: await readdir(folder) }).toEqual({ code: 130, files: [] })
  })

  it('starts no further generation of processes', async () => {
    // A budget that a busy machine does not find too short before the second generation.
    const bounds = [...quick, '--budget', '10m', '--isolation', 'process', '--generations', '8']
    const args = ['run', scenario('faulty'), ...bounds, '--out']
    const out = join(folder, 'generations.json')
    const { code, orphans } = await runCli([...args, out], {
      env: { FAULT: 'says when it is made' },
      at: /made[\s\S]*made/,
    })
    expect({ code, orphans }).toEqual({ code: 130, orphans: [] })
    const results = resultsSchema.parse(JSON.parse(await readFile(out, 'utf8')))
    const blocks = results.scenarios.flatMap(({ comparisons }) =>
      comparisons.flatMap((comparison) => comparison.blocks),
    )
    expect(Math.max(...blocks.map(({ generation }) => generation))).toBeLessThanOrEqual(1)
    await Promise.all([out, join(folder, 'generations.ndjson')].map((file) => rm(file)))
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

  describe('whose scenario has started a process', () => {
    const runStarting = (signal: NodeJS.Signals) => {
      const options = { env: { MEDDLING: 'in iterations: starts a process' }, at: /started/, signal }
      return runCli(['run', scenario('meddling'), '--budget', '60s'], options)
    }

    it.each(['SIGINT', 'SIGKILL'] as const)('leaves it not either (%s)', async (signal) => {
      expect((await runStarting(signal)).orphans).toEqual([])
    })
  })

  describe('whose arm blocks its event loop', () => {
    const runBlocking = (signal: NodeJS.Signals) =>
      runCli(['run', scenario('faulty'), ...quick], { env: { FAULT: 'blocks' }, at: /iteration 3/, signal })

    it('ends and leaves nothing running', async () => {
      const { code, stdout, orphans } = await runBlocking('SIGTERM')
      expect(stdout).toMatch(/PARTIAL \(interrupted\)/)
      expect({ code, orphans }).toEqual({ code: 130, orphans: [] })
    })

    it('leaves no children when it is killed outright', async () => {
      const { orphans } = await runBlocking('SIGKILL')
      expect(orphans).toEqual([])
    })
  })
})

describe('a comparison of versions that is interrupted while the base is made', () => {
  let project: TinyProject
  let started: Promise<unknown>
  beforeEach(() => {
    project = makeTinyProject()
    project.write({
      'package.json': '{"type":"module"}',
      'bench.js': scenarioUsing('./client.js'),
      'client.js': clientSending(1),
    })
    project.commit('one')
    const fifo = join(project.folder, '../started')
    execFileSync('mkfifo', [fifo])
    started = readFile(fifo)
  })
  // Much as npm does: a script of a script, which nobody has told to end.
  const setup = 'touch half; (trap "" TERM; sleep 300) & echo > "$STARTED"; sleep 300'
  const compare = (baseSetup: string, options: CliOptions) => {
    const args = ['compare', 'bench.js', '--base', 'main', '--base-setup', baseSetup, '--variant', 'client', ...quick]
    const env = { XDG_CACHE_HOME: project.cacheFolder, STARTED: join(project.folder, '../started') }
    return runCli([...args, '--generations', '1'], { cwd: project.folder, env, ...options })
  }
  const bases = () => readdir(join(project.cacheFolder, 'sessionbench/bases'))

  it.each(['SIGINT', 'SIGTERM'] as const)('leaves neither a process nor half a base (%s)', async (signal) => {
    const { code, orphans } = await compare(setup, { once: started, signal })
    expect({ code, orphans, bases: await bases() }).toEqual({ code: 130, orphans: [], bases: [] })
  })

  it('leaves no process when it is killed outright, and what it left of the base goes at the next start', async () => {
    const { orphans } = await compare(setup, { once: started, signal: 'SIGKILL' })
    expect(orphans).toEqual([])
    expect(await bases()).toEqual([expect.stringMatching(/^\.making-/)])
    expect((await compare('exit 1', {})).code).toBe(2)
    expect(await bases()).toEqual([])
  })
})
