import { makeLocalHost } from '../arm/local-host.ts'
import { UsageError } from '../bench-error.ts'
import { openFold } from '../document/fold.ts'
import type { Results } from '../document/model.ts'
import type { RunEvent } from '../document/run-event.ts'
import { makeRunStatus } from '../report/run-status.ts'
import { namesOrDefault } from '../run/choose-scenarios.ts'
import type { Hosted } from '../run/measure-options.ts'
import { type RunOptions, tellRun } from '../run/run.ts'
import type { Options } from '../scenario/options.ts'
import type { Selection } from '../scenario/suites.ts'
import { checkPlaces } from '../store/event-log.ts'
import { readResults, writeResults } from '../store/results.ts'
import type { CommandContext } from './command-context.ts'
import { follow } from './follow.ts'
import { openProgress } from './progress.ts'

/** Which scenarios are measured, how, and where the results are kept. */
export interface MeasureRequest extends Options, Selection {
  readonly names: readonly string[]
  readonly out?: string | undefined
}

/** What measures them. */
export type Tell = (names: readonly string[], options: RunOptions & Hosted) => AsyncIterable<RunEvent>

/** Measures with progress on the terminal, and keeps the results where asked to; an error of that is handed over. */
export async function measure(
  { names, out, ...options }: MeasureRequest,
  { terminal, signal }: CommandContext,
  tell: Tell = tellRun,
): Promise<{ readonly results: Results; readonly saveError: unknown }> {
  await checkPlaces(out)
  using progress = openProgress({ terminal, signal }, makeRunStatus())
  const { workingFolder } = terminal
  const hosted = { ...options, workingFolder, host: makeLocalHost(), signal, onOutput: progress.line }
  const gathered = openFold()
  await follow(tell(namesOrDefault(names, options), hosted), {
    ...{ out, note: progress.line },
    listeners: [gathered.add, progress.show],
  })
  const results = gathered.results()
  const saving = out === undefined ? undefined : writeResults(out, results)
  return { results, saveError: await saving?.then(undefined, (error: unknown) => error) }
}

/** Results that there are already, or scenarios to be run. */
export interface SourceRequest extends MeasureRequest {
  readonly from?: string | undefined
}

/** Throws UsageError where both are given. */
export function checkSource({ names, from }: Pick<SourceRequest, 'names' | 'from'>): void {
  if (from !== undefined && names.length > 0) {
    throw new UsageError('expected either scenarios to run or --from, got both')
  }
}

/** Reads results where they are given, else measures. */
export async function readOrMeasure(
  { from, ...request }: SourceRequest,
  context: CommandContext,
): ReturnType<typeof measure> {
  if (from === undefined) return measure(request, context)
  return { results: await readResults(from), saveError: undefined }
}
