import { type ChildProcess, spawn } from 'node:child_process'
import { UsageError } from '../bench-error.ts'

interface CommandOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal | undefined
  /** What was being done, for the message of a failure: `npm could not install undici@7`. */
  readonly failure: string
}

const lastLines = 12
const mostBytes = 64 * 2 ** 20
/** A command that is told to end may take this long to put away its locks. */
const graceMs = 2_000
/** What was printed is there when a command ends; a daemon that it left behind may hold its output open for ever. */
const drainMs = 1_000

/**
 * Becomes the command, and leaves behind a watcher that ends the command's whole process group once the pipe to the harness
 * does: an install and what it has started never outlive the harness, however that ended.
 */
const guarded = `(trap '' INT TERM HUP; read -r _ <&3; kill -s KILL -- "-$$") </dev/null >/dev/null 2>&1 & exec "$@" 3<&-`

/**
 * Runs a program, without a terminal, and resolves to its stdout; rejects with UsageError, which ends with the last of what it
 * printed. What it started in its process group is killed by then.
 */
export async function runCommand(program: string, args: readonly string[], options: CommandOptions): Promise<string> {
  const { cwd, signal, failure, env = {} } = options
  signal?.throwIfAborted()
  const child = spawn('sh', ['-c', guarded, 'sh', program, ...args], {
    cwd,
    env: { ...inheritedEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    // A terminal's Ctrl-C goes to the harness alone, which then ends this process group in order.
    detached: true,
  })
  const stop = () => endGroup(child)
  signal?.addEventListener('abort', stop, { once: true })
  const stdout = keepOutput(child, 'stdout')
  const stderr = keepOutput(child, 'stderr')
  const fate = await whenEnded(child)
  signal?.removeEventListener('abort', stop)
  signal?.throwIfAborted()
  if (fate === undefined && stdout.isWhole()) return stdout.text()
  const last = tailOf(`${stdout.text()}\n${stderr.text()}`)
  const words = stdout.isWhole() ? last || fate : `  it printed more than ${mostBytes / 2 ** 20} MiB`
  throw new UsageError(`${failure}:\n${words}`)
}

/** Resolves when the command has ended, and what it left running with it: to its end in words unless all went well. */
function whenEnded(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`  ${error.message}`))
    child.once('exit', () => {
      signalGroup(child, 'SIGKILL')
      const timer = setTimeout(() => {
        child.stdout?.destroy()
        child.stderr?.destroy()
      }, drainMs)
      child.once('close', (code, signalName) => {
        clearTimeout(timer)
        resolve(code === 0 ? undefined : `  it ended with ${signalName ?? `exit code ${code}`}`)
      })
    })
  })
}

function keepOutput(child: ChildProcess, name: 'stdout' | 'stderr') {
  const chunks: Buffer[] = []
  let bytes = 0
  child[name]?.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes <= mostBytes) chunks.push(chunk)
  })
  return { isWhole: () => bytes <= mostBytes, text: () => Buffer.concat(chunks).toString('utf8') }
}

function endGroup(child: ChildProcess): void {
  signalGroup(child, 'SIGTERM')
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), graceMs)
  child.once('exit', () => clearTimeout(timer))
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch {
    // All of them have ended.
  }
}

/** Without what a git hook or an npm script around us would make git and npm look at. */
function inheritedEnvironment(): NodeJS.ProcessEnv {
  const isTheirs =
    /^(GIT_(DIR|WORK_TREE|INDEX_FILE|PREFIX|OBJECT_DIRECTORY)|npm_(config_(local_)?prefix|config_global|package_.*|lifecycle_.*))$/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isTheirs.test(name)))
}

function tailOf(output: string): string {
  const lines = output
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '' && !/A complete log of this run|^npm (notice|warn)/.test(line))
  return lines
    .slice(-lastLines)
    .map((line) => `  ${line}`)
    .join('\n')
}
