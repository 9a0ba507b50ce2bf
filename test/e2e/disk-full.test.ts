import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { quick, runCli } from './run-cli.ts'

const scenario = fileURLToPath(new URL('./scenarios/raw-agents.ts', import.meta.url))

describe('a disk that is full when the results are written', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sessionbench-e2e-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('loses the file, says so, and still prints the report', async () => {
    const { code, stdout, stderr, orphans } = await runCli(['run', scenario, ...quick, '--out', '/dev/full'])
    expect(stdout).toMatch(/Verdict:\s+\w+/)
    expect(stderr).toMatch(/sessionbench: cannot write \/dev\/full \(ENOSPC: /)
    expect({ code, orphans }).toEqual({ code: 2, orphans: [] })
  })

  it('keeps the earlier file and leaves no half of one', async () => {
    const out = join(folder, 'results.json')
    await writeFile(out, 'an earlier result')
    // A file may not grow beyond 4 KiB: the write fails half-way, as on a disk that runs full.
    const options = { fileLimitKiB: 4 }
    const { code, stdout, stderr, orphans } = await runCli(['run', scenario, ...quick, '--out', out], options)
    expect(stdout).toMatch(/Verdict:\s+\w+/)
    expect(stderr).toMatch(/sessionbench: cannot write .*results\.json \(EFBIG: /)
    expect(stderr).toMatch(/cannot write .*results\.ndjson \(EFBIG: .*if this is killed, what was measured is lost/)
    expect(await readdir(folder)).toEqual(['results.json', 'results.ndjson'])
    expect(await readFile(out, 'utf8')).toBe('an earlier result')
    expect({ code, orphans }).toEqual({ code: 2, orphans: [] })
  })

  it('ends an interrupted run all the same', async () => {
    const args = ['run', scenario, '--warm-up', '200ms', '--block', '400ms', '--budget', '60s', '--out', '/dev/full']
    const { code, stdout, stderr, orphans } = await runCli(args, { at: /measuring: [1-9]/ })
    expect(stdout).toMatch(/PARTIAL \(interrupted\)/)
    expect(stderr).toMatch(/cannot write \/dev\/full \(ENOSPC: /)
    expect({ code, orphans }).toEqual({ code: 2, orphans: [] })
  })
})
