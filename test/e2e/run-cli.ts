import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/** The file that `sessionbench` runs. */
export const cliEntry = fileURLToPath(new URL('../../src/cli/sessionbench.mjs', import.meta.url))

export interface CliOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Once this has appeared in the output, the signal is sent, or the child killed, or `react` called. */
  readonly at?: RegExp
  /** The same, once this has resolved. */
  readonly once?: Promise<unknown>
  /** @default 'SIGINT' */
  readonly signal?: NodeJS.Signals
  /** Kills the command's own child process with this in its command line instead of signalling the command. */
  readonly killChild?: RegExp
  /** Called instead of signalling anybody. */
  readonly react?: () => unknown
  /** No file that the command or its children write may be longer (ulimit -f). */
  readonly fileLimitKiB?: number
}

export interface CliResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** Names of processes that the command started and left behind. */
  readonly orphans: readonly string[]
}

/** Settings that make a real run short: a few rounds, however long they take; its counts are exact all the same. */
export const quick = ['--warm-up', '50ms', '--block', '10ms', '--rounds', '3', '--budget', '60s'] as const

/** Runs the command line as a user does, in a process of its own, and looks for what it left running. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const mark = randomUUID()
  const { FORCE_COLOR: _, NO_COLOR: __, ...inherited } = process.env
  const command = [process.execPath, cliEntry, ...args]
  const limit = `ulimit -f ${options.fileLimitKiB}; exec "$@"`
  const [file, ...rest] = options.fileLimitKiB === undefined ? command : ['bash', '-c', limit, 'bash', ...command]
  const child = spawn(file as string, rest, {
    cwd: options.cwd,
    env: { ...inherited, ...options.env, SESSIONBENCH_TEST_MARK: mark },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  // A test that runs out of time must not leave it behind.
  onTestFinished(() => void child.kill('SIGKILL'))
  let stdout = ''
  let stderr = ''
  let isDone = false
  const react = (isTime = options.at?.test(stdout + stderr)) => {
    if (isDone || !isTime) return
    isDone = true
    if (options.react !== undefined) return void options.react()
    if (options.killChild === undefined) child.kill(options.signal ?? 'SIGINT')
    for (const { pid, command } of findProcesses(mark))
      if (options.killChild?.test(command)) process.kill(pid, 'SIGKILL')
  }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    react()
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    react()
  })
  options.once?.then(() => react(true))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, stdout, stderr, orphans: await waitForOrphans(mark) }
}

/** Children that were told to end may take a moment; what is still there after two seconds is an orphan. */
async function waitForOrphans(mark: string): Promise<string[]> {
  for (let waitedMs = 0; waitedMs < 2_000; waitedMs += 50) {
    if (findProcesses(mark).length === 0) return []
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return findProcesses(mark).map(({ command }) => command)
}

function findProcesses(mark: string): { readonly pid: number; readonly command: string }[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      try {
        const isMarked = readFileSync(`/proc/${pid}/environ`, 'utf8').includes(mark)
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
        return isMarked && command !== '' ? [{ pid: Number(pid), command }] : []
      } catch {
        return []
      }
    })
}
