import { openFold } from '../document/fold.ts'
import type { Results } from '../document/model.ts'
import type { RunEvent } from '../document/run-event.ts'
import type { Plan } from '../plan/plan.ts'
import { defined } from '../session/defined.ts'
import type { MeasureContext } from './measure-context.ts'

/** How measuring is ended and what is heard of it, whatever is measured. */
export interface MeasureOptions {
  /** Where relative paths start. @default process.cwd() */
  readonly workingFolder?: string
  /** Ends the run; it then resolves to what was measured so far, marked as partial. */
  readonly signal?: AbortSignal
  /** Gets every line that scenarios print. */
  readonly onOutput?: (line: string) => void
}

/** With where arms live, which is for whoever starts measuring to say. */
export type Hosted = Pick<MeasureContext, 'host'>

/** Who is told what happens while a promise of results is open. */
export interface EventListener {
  /** Gets everything that the run says of itself, between blocks; nothing is measured before it has resolved. */
  readonly onEvent?: (event: RunEvent) => void | Promise<void>
}

/** What of the options is needed while arms are measured, complete. */
export function contextOf({
  workingFolder = process.cwd(),
  host,
  signal,
  onOutput,
}: MeasureOptions & Hosted): MeasureContext & { readonly workingFolder: string } {
  return { workingFolder, host, signal: signal ?? new AbortController().signal, ...defined({ onOutput }) }
}

/** Resolves to what `make` makes; to no plans when the signal ends that, so that reports say so as for any other interruption. */
export async function plansUnlessAborted(
  make: () => Promise<Plan[]>,
  signal: AbortSignal | undefined,
): Promise<Plan[]> {
  try {
    return await make()
  } catch (error) {
    if (signal?.aborted && error === signal.reason) return []
    throw error
  }
}

/** Resolves to the results that events come to, once they have ended. */
export async function foldAll(events: AsyncIterable<RunEvent>, { onEvent }: EventListener): Promise<Results> {
  const gathered = openFold()
  for await (const event of events) {
    gathered.add(event)
    await onEvent?.(event)
  }
  return gathered.results()
}
