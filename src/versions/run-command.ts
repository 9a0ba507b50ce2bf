import { execFile } from 'node:child_process'
import { UsageError } from '../bench-error.ts'

export interface CommandOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal | undefined
  /** What was being done, for the message of a failure: `npm could not install undici@7`. */
  readonly failure: string
}

const lastLines = 12
const mostBytes = 64 * 2 ** 20

/** Runs a program and resolves to its stdout; rejects with UsageError, which ends with the last of what it printed. */
export function runCommand(program: string, args: readonly string[], options: CommandOptions): Promise<string> {
  const { cwd, signal, failure, env = {} } = options
  return new Promise((resolve, reject) => {
    execFile(
      program,
      args,
      { cwd, signal, env: { ...inheritedEnvironment(), ...env }, maxBuffer: mostBytes },
      (error, stdout, stderr) => {
        if (error === null) return resolve(stdout)
        if (signal?.aborted) return reject(signal.reason)
        reject(new UsageError(`${failure}:\n${tailOf(`${stdout}\n${stderr}`) || error.message}`, { cause: error }))
      },
    )
  })
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
