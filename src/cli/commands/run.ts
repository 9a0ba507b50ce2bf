import type { PlanOptions } from '../../plan/make-plan.ts'
import { type ExitCode, exitCodeOf, type InconclusivePolicy } from '../../report/exit-code.ts'
import { renderJson } from '../../report/json.ts'
import type { Results } from '../../report/model.ts'
import { renderText } from '../../report/text.ts'
import { run } from '../../run.ts'
import type { Selection } from '../../scenario/suites.ts'
import { checkWritable, writeResults } from '../../store/results.ts'
import { openProgress } from '../progress.ts'
import type { Terminal } from '../terminal.ts'

export const reportFormats = ['table', 'json'] as const

export interface RunCommandOptions extends Omit<PlanOptions, 'seed'>, Selection {
  readonly seed?: number | undefined
  readonly format: (typeof reportFormats)[number]
  readonly out?: string | undefined
  readonly inconclusive: InconclusivePolicy
}

export const defaultScenario = 'stateless-vs-session'

/** Runs scenarios, keeps the results where asked to, prints the report, and says what the exit code has to be. */
export async function runCommand(
  names: readonly string[],
  { format, out, inconclusive, ...options }: RunCommandOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<ExitCode> {
  if (out !== undefined) await checkWritable(out)
  const progress = openProgress(terminal)
  const onAbort = () =>
    progress.line('interrupted: stopping the arms, then reporting what was measured (again to quit at once)')
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    const isSelecting = options.suite !== undefined || options.tags !== undefined
    const results = await run(names.length > 0 || isSelecting ? names : [defaultScenario], {
      ...options,
      workingFolder: terminal.workingFolder,
      signal,
      onProgress: progress.show,
      onOutput: progress.line,
      // Should it fail, the last save says so; what is measured meanwhile is not given up for it.
      onPartialResults: async (partial) => void (await save(out, { ...partial, partial: true })),
    })
    progress.close()
    const saveError = await save(out, results)
    terminal.print(format === 'json' ? renderJson(results) : renderText(results, terminal))
    if (saveError !== undefined) throw saveError
    return exitCodeOf(results, inconclusive)
  } finally {
    signal.removeEventListener('abort', onAbort)
    progress.close()
  }
}

/** Writes results where asked to; resolves to the error when it could not. */
async function save(out: string | undefined, results: Results): Promise<unknown> {
  if (out === undefined) return undefined
  return writeResults(out, results).then(
    () => undefined,
    (error: unknown) => error,
  )
}
