import { makeTuning } from './report/make-tuning.ts'
import type { Tuning } from './report/model.ts'
import type { TuningEvent } from './tuning-event.ts'
import { openRecord, record } from './tuning-record.ts'
import { makeTuningRun } from './tuning-run.ts'

/** The tuning document that events come to. Without their end it is that of a tuning which was interrupted. */
export function foldTuning(events: readonly TuningEvent[]): Tuning {
  const [planned] = events
  if (planned?.kind !== 'planned') throw new Error('a tuning has no document before it has said what is planned')
  const known = openRecord(planned.plan)
  for (const event of events) record(known, event)
  if (known.step !== undefined) record(known, { kind: 'step-ended', atMs: 0 })
  const last = events.at(-1) ?? planned
  const ended = events.find((event) => event.kind === 'run-ended')
  const ending = ended ?? ({ end: { state: 'interrupted' }, elapsedMs: last.atMs } as const)
  const { startedAt, environment } = planned
  return makeTuning(makeTuningRun(known, { ...ending, bug: undefined }), { startedAt, environment })
}
