import type { PlanOptions } from '../../plan/make-plan.ts'
import { type ExitCode, exitCodeOf } from '../../report/exit-code.ts'
import { renderJson } from '../../report/json.ts'
import { renderText } from '../../report/text.ts'
import { run } from '../../run.ts'
import { checkWritable, writeResults } from '../../store/results.ts'
import { openProgress } from '../progress.ts'
import type { Terminal } from '../terminal.ts'

export const reportFormats = ['table', 'json'] as const

export interface RunCommandOptions extends Omit<PlanOptions, 'seed'> {
  readonly seed?: number | undefined
  readonly format: (typeof reportFormats)[number]
  readonly out?: string | undefined
}

export const defaultScenario = 'stateless-vs-session'

/** Runs scenarios, prints the report, keeps the results where asked to, and says what the exit code has to be. */
export async function runCommand(
  names: readonly string[],
  { format, out, ...options }: RunCommandOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<ExitCode> {
  if (out !== undefined) await checkWritable(out)
  const progress = openProgress(terminal)
  const onAbort = () =>
    progress.line('interrupted: stopping the arms, then reporting what was measured (again to quit at once)')
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    const results = await run(names.length > 0 ? names : [defaultScenario], {
      ...options,
      workingFolder: terminal.workingFolder,
      signal,
      onProgress: progress.show,
      onOutput: progress.line,
      ...(out !== undefined && { onPartialResults: (partial) => writeResults(out, { ...partial, partial: true }) }),
    })
    progress.close()
    terminal.print(format === 'json' ? renderJson(results) : renderText(results, terminal))
    if (out !== undefined) await writeResults(out, results)
    return exitCodeOf(results)
  } finally {
    signal.removeEventListener('abort', onAbort)
    progress.close()
  }
}
