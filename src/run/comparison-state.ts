import type { ComparisonEvent, Unplaced } from '../document/run-event.ts'
import type { ComparisonEnd } from '../judge/endings.ts'
import type { ComparisonPlan } from '../plan/plan.ts'
import type { Block } from '../sample/block.ts'
import type { LookPlan, Moment } from '../statistics/looks.ts'
import type { Targets } from '../target/open-target.ts'
import type { MeasureContext } from './measure-context.ts'
import type { SilenceWatch } from './silence-watch.ts'

/** What is said of a comparison while it is measured, one thing after another. */
export type ComparisonHappenings<Outcome = void> = AsyncGenerator<Unplaced<ComparisonEvent>, Outcome, void>

/** A comparison under way. */
export interface ComparisonState {
  readonly plan: ComparisonPlan
  readonly targets: Targets
  readonly context: MeasureContext
  /** All that were measured: what looks are taken at. */
  readonly blocks: Block[]
  readonly looks: LookPlan
  moment: Moment
  readonly remainingMs: () => number
  readonly onBlock: SilenceWatch
}

/** How much is going to be measured, once it is known how long arms take, and at how many units it may be judged. */
type Schedule = Omit<Extract<ComparisonEvent, { kind: 'scheduled' }>, 'kind' | 'atMs' | 'comparison'>

/** Lays down when the comparison may be judged. Only so can it be changed: verdicts rest on it, so it is told. */
export async function* schedule(state: ComparisonState, planned: Schedule): ComparisonHappenings {
  Object.assign(state, { looks: { ...state.looks, looks: planned.looks } } satisfies Pick<ComparisonState, 'looks'>)
  yield { kind: 'scheduled', ...planned }
}

/** The budget does not reach to a first look; `neededMs` is what would. */
export function tooShort(plan: ComparisonPlan, neededMs: number): ComparisonEnd {
  const seconds = Math.ceil((Math.max(neededMs, plan.budgetMs) * 1.2) / 1_000)
  const budget = Number((plan.budgetMs / 1_000).toFixed(1))
  const message = `the budget of ${budget} s is too short for a first look (start, warm-up and the fewest rounds); try --budget ${seconds}s`
  return { state: 'too short', message }
}
