import { tellComparison } from '../../compare/compare.ts'
import type { ExitCode } from '../../document/exit-code.ts'
import type { Terminal } from '../terminal.ts'
import { compareFiles, type RecordFlags } from './check.ts'
import { type RunCommandOptions, runCommand } from './run.ts'

export interface CompareCommandOptions extends RunCommandOptions, RecordFlags {
  readonly base?: string | undefined
  readonly baseSetup?: string | undefined
  readonly variants?: readonly string[] | undefined
}

/** Compares two versions of the code where a base is given, else two result files. */
export async function compareCommand(
  names: readonly string[],
  { base, baseSetup, variants, tolerances, ...options }: CompareCommandOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<ExitCode> {
  if (base === undefined) return compareFiles(names, { ...options, tolerances }, terminal)
  return runCommand(names, options, terminal, signal, (chosen, { isolation: _, ...rest }) =>
    tellComparison(chosen, { ...rest, base, baseSetup, variants, tolerances }),
  )
}
