import type { Status } from '../../report/run-status.ts'
import type { TuningEvent } from '../tuning-event.ts'
import type { TuningPlan } from '../tuning-plan.ts'

/** Makes what is shown during a tuning: what is tried, and the best that is known. */
export function makeTuningStatus({ scenario }: Pick<TuningPlan, 'scenario'>): Status<TuningEvent> {
  let latest: { readonly doing: string; readonly best?: string | undefined } = { doing: 'starting' }
  return {
    isHeading: () => false,
    update(event) {
      if (event.kind === 'step') latest = event
    },
    lines(elapsedMs) {
      const best = latest.best === undefined ? [] : [`  best so far: ${latest.best}`]
      return [`tuning ${scenario.name}, ${Math.round(elapsedMs / 1_000)} s: ${latest.doing}`, ...best]
    },
  }
}
