import { type Conclusion, concludeTuning } from './search/conclude-tuning.ts'
import { type ProbeRound, probesOf } from './search/limit-probe.ts'
import type { TuningEnd } from './tuning-event.ts'
import { closedWorkloadOf, type JudgedTuning } from './tuning-plan.ts'
import type { TuningRecord } from './tuning-record.ts'

/** Everything that was measured, and what it comes to. */
export interface TuningRun extends Readonly<Omit<TuningRecord, 'step' | 'stepBlocks' | 'plan' | 'probes'>> {
  readonly plan: JudgedTuning
  /** Those of the setting that was chosen. */
  readonly probes: readonly ProbeRound[]
  /** Requests that the chosen setting had under way in its closed loop. */
  readonly underWay: number | undefined
  readonly conclusion: Conclusion
  readonly end: TuningEnd
  /** What this program did wrong, to be told once all that is known has been. */
  readonly bug: unknown
  readonly elapsedMs: number
}

/** A conclusion, or the bug that kept it from being drawn: that must not cost the figures. */
export function conclude(known: TuningRecord): { readonly conclusion: Conclusion; readonly bug: unknown } {
  try {
    return { conclusion: concludeTuning(known.search, known), bug: undefined }
  } catch (bug) {
    const tried: Conclusion['tried'] = []
    return {
      conclusion: { state: 'nothing measured', setting: undefined, tried, highest: undefined, nearest: undefined },
      bug,
    }
  }
}

/** What a tuning comes to that has ended so. */
export function makeTuningRun(
  known: TuningRecord,
  { end, elapsedMs, bug: earlier }: Pick<TuningRun, 'end' | 'elapsedMs' | 'bug'>,
): TuningRun {
  const { plan, search, rounds, probes: all, open, blocks, traced, tooSmall, origin } = known
  const { conclusion, bug } = conclude(known)
  const { setting } = conclusion
  const probes = setting === undefined ? all : probesOf(all, setting.id)
  const underWay = setting && closedWorkloadOf(plan, setting).concurrency
  return {
    ...{ plan, search, rounds, probes, open, blocks, traced, tooSmall, origin, conclusion, underWay },
    ...{ end, elapsedMs, bug: earlier ?? bug },
  }
}
