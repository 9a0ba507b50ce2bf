import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommand } from '../../../src/compare/run-command.ts'

let cwd = ''
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'sessionbench-command-'))
  execFileSync('mkfifo', [join(cwd, 'started')])
})
afterAll(() => rmSync(cwd, { recursive: true }))

const run = (script: string, signal?: AbortSignal) =>
  runCommand('sh', ['-c', script], { cwd, signal, failure: 'the command failed' })

/** Of a process that wrote its id to a file. */
function isRunning(file: string): boolean {
  const pid = Number(readFileSync(join(cwd, file), 'utf8'))
  try {
    // A zombie has ended too: it only waits for its parent to hear of it.
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

describe('a command', () => {
  it('gives its output, and its end', async () => {
    expect(await run('echo out; echo err >&2')).toBe('out\n')
    await expect(run('echo why >&2; exit 3')).rejects.toThrow('the command failed:\n  why')
    await expect(run('exit 3')).rejects.toThrow('the command failed:\n  it ended with exit code 3')
    await expect(run('kill -TERM $$')).rejects.toThrow('the command failed:\n  it ended with SIGTERM')
  })

  it('that is not there is named', async () => {
    const options = { cwd, failure: 'the command failed' }
    await expect(runCommand('no-such-program', [], options)).rejects.toThrow(
      /the command failed:[\s\S]*no-such-program/,
    )
    await expect(runCommand('sh', [], { ...options, cwd: '/no/such/folder' })).rejects.toThrow(/the command failed:/)
  })

  it('gets no input to wait for', async () => {
    expect(await run('cat')).toBe('')
  })

  it('takes what it left running in its process group with it', async () => {
    await run('sleep 300 & echo $! > left')
    await expect.poll(() => isRunning('left')).toBe(false)
  })

  it('is not waited for through a daemon that holds its output', async () => {
    expect(
      await run("echo out; setsid sh -c 'echo $$ > daemon; exec sleep 300' & while [ ! -s daemon ]; do :; done"),
    ).toBe('out\n')
    process.kill(Number(readFileSync(join(cwd, 'daemon'), 'utf8')))
  })

  it.each([
    ['heeds the signal', ''],
    ['does not', "trap '' TERM; "],
  ])('is ended with all that it started, when it %s', async (_, trap) => {
    const abort = new AbortController()
    const running = run(
      `${trap}sleep 300 & echo $! > child; echo $$ > own; echo > started; wait; sleep 300`,
      abort.signal,
    )
    await readFile(join(cwd, 'started'))
    abort.abort(new Error('told to'))
    await expect(running).rejects.toThrow('told to')
    await expect.poll(() => [isRunning('child'), isRunning('own')]).toEqual([false, false])
  })

  it('may put away its locks first', async () => {
    const abort = new AbortController()
    const running = run("trap 'echo away > lock; exit 1' TERM; echo > started; sleep 300 & wait", abort.signal)
    await readFile(join(cwd, 'started'))
    abort.abort(new Error('told to'))
    await expect(running).rejects.toThrow('told to')
    expect(readFileSync(join(cwd, 'lock'), 'utf8')).toBe('away\n')
  })

  it('is not even started when it is too late', async () => {
    await expect(run('echo > late', AbortSignal.abort(new Error('told to')))).rejects.toThrow('told to')
    expect(() => readFileSync(join(cwd, 'late'))).toThrow(/ENOENT/)
  })
})
