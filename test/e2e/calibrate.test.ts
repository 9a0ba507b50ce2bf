import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { calibrationSchema } from '../../src/document/calibration-model.ts'
import { quick, runCli } from './run-cli.ts'

const scenario = fileURLToPath(new URL('./scenarios/raw-agents.ts', import.meta.url))
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sessionbench-calibrate-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function readKept(name = 'sessionbench-calibration.json') {
  return calibrationSchema.parse(JSON.parse(await readFile(join(folder, name), 'utf8')))
}

describe('calibrate', () => {
  it('certifies the machine and compares a variant with itself, prints both and keeps them', async () => {
    const { code, stdout, orphans } = await runCli(['calibrate', '--quick', ...quick, '--rounds', '8'], { cwd: folder })
    expect({ code, orphans }).toEqual({ code: 0, orphans: [] })
    expect(stdout).toMatch(/clock: steps of .* ns/)
    expect(stdout).toMatch(/every run adds /)
    expect(stdout).toContain('stateless-vs-session, http, 0 ms RTT: session against itself in one process, 8 quads')
    const { machine, noise, partial } = await readKept()
    expect(partial).toBe(false)
    expect(machine).toMatchObject({
      problems: [],
      selfError: { rows: [{ percent: 50 }, { percent: 99 }, { percent: 99.9 }] },
    })
    expect(machine?.recorder?.layers.map(({ layer }) => layer)).toEqual(['loop', 'histograms', 'probe', 'phases'])
    expect(noise.map(({ variant, unit, metrics }) => [variant, unit, metrics.length])).toEqual([['session', 'quad', 5]])
  })

  it('gives arms processes of their own where asked to, and every variant', async () => {
    const args = ['--only', 'noise', '--variant', 'all', '--isolation', 'process', '--generations', '2']
    const bounds = ['--warm-up', '50ms', '--block', '10ms', '--rounds', '2', '--budget', '60s', '--rtt', '0']
    const { code, stdout } = await runCli(
      ['calibrate', ...args, ...bounds, '--protocol', 'http', '--out', 'own.json', '--format', 'json'],
      { cwd: folder },
    )
    expect(code).toBe(0)
    const kept = await readKept('own.json')
    expect(calibrationSchema.parse(JSON.parse(stdout))).toEqual(kept)
    expect(kept.machine).toBeNull()
    expect(kept.noise.map(({ variant, isolation, unit }) => [variant, isolation, unit])).toEqual([
      ['stateless', 'process', 'generation'],
      ['session', 'process', 'generation'],
    ])
  })

  it('keeps what was measured when it is interrupted', async () => {
    const { code, stdout, orphans } = await runCli(['calibrate', '--quick', '--out', 'part.json'], {
      cwd: folder,
      at: /what the recorder adds/,
    })
    expect({ code, orphans }).toEqual({ code: 130, orphans: [] })
    expect(stdout).toContain('interrupted; what was measured')
    const { partial, machine, noise } = await readKept('part.json')
    expect(partial).toBe(true)
    expect(machine?.clock).not.toBeNull()
    expect({ openLoop: machine?.openLoop, noise }).toEqual({ openLoop: null, noise: [] })
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it.each([
    [['no-such-scenario'], /there is no scenario 'no-such-scenario'/],
    [['--variant', 'nobody'], /has no variant 'nobody': expected all, stateless, session/],
    [['--power', '2'], /expected a number from 0.5 to 0.999/],
    [['--out', 'no/such/file.json'], /cannot write no\/such\/file.json/],
    [['--only', 'everything'], /machine, noise/],
  ])('%j ends with exit code 2 and nothing measured', async (args, message) => {
    const { code, stdout, stderr } = await runCli(['calibrate', ...args], { cwd: folder })
    expect(stderr).toMatch(message)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  })

  it('lets check promise nothing that it has not seen', async () => {
    const run = await runCli(['run', scenario, ...quick, '--out', 'results.json'], { cwd: folder })
    expect(run.code, run.stderr).toBe(0)
    await runCli(['baseline', 'save', '--from', 'results.json'], { cwd: folder })
    const check = ['check', '--from', 'results.json', '--inconclusive', 'fail', '--calibration']
    const wrong = await runCli([...check, 'results.json'], { cwd: folder })
    expect(wrong.stderr).toContain('results.json is no calibration')
    expect(wrong.code).toBe(2)
    const { stdout, code } = await runCli([...check, 'part.json'], { cwd: folder })
    expect(stdout).toContain('not calibrated, so nobody knows what would be caught')
    expect(code).toBe(3)
  })
})
