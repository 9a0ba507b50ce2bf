import type { Clock } from '../../probe/clock.ts'
import type { ClockFacts, SelfErrorRow } from '../../sample/machine-facts.ts'
import type { RunIteration } from '../../scenario/iteration.ts'
import { type ClockTask, measureClock } from './clock-facts.ts'
import { type RecorderBlock, type RecorderTask, runRecorderBlock } from './recorder-block.ts'
import { type RateResult, type RateTask, runRateTrial } from './run-rate-trial.ts'
import { measureSelfError, type SelfErrorTask } from './self-error.ts'

/** What the engine can be asked about itself. */
export type CertifyTask = ClockTask | RecorderTask | SelfErrorTask | RateTask

/** Its answers. */
export interface CertifyResults {
  readonly clock: ClockFacts
  readonly recorder: RecorderBlock
  readonly 'self-error': readonly SelfErrorRow[]
  readonly rate: RateResult
}

/** Measures the engine itself, with one client to load where it takes one. Every wire probe must be closed. */
export async function certify(
  task: CertifyTask,
  { run, clock }: { readonly run: RunIteration; readonly clock: Clock },
): Promise<CertifyResults[CertifyTask['kind']]> {
  switch (task.kind) {
    case 'clock':
      return measureClock(clock, task)
    case 'recorder':
      return runRecorderBlock(task, run, clock)
    case 'self-error':
      return measureSelfError(task, clock)
    case 'rate':
      return runRateTrial(task, run, clock)
    default:
      return task satisfies never
  }
}
