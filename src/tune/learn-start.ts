import { BenchError } from '../bench-error.ts'
import { Histogram } from '../sample/histogram.ts'
import { at, atKey } from '../session/at.ts'
import type { TuningState } from './run-step.ts'
import { busyConnections } from './search/littles-law.ts'
import { firstSettings, type Setting } from './search/setting.ts'
import { chooseStart, withoutSizes } from './search/start-sizes.ts'
import type { TuningArms } from './tuning-arms.ts'
import { closedWorkloadOf, placesOf, type TuningPlan, tuningDefaults } from './tuning-plan.ts'

/** Not even two sizes can be compared in the time that is given. */
export class BudgetTooShort extends BenchError {
  override readonly name = 'BudgetTooShort'

  constructor(message: string) {
    super('BUDGET_TOO_SHORT', message)
  }
}

/** Asks a few requests, and lays down from how long they took where the search begins. @throws BudgetTooShort */
export async function learnStart(state: TuningState, arms: TuningArms): Promise<void> {
  const { ratePerSecond } = state.search
  return ratePerSecond === undefined ? learnStartSizes(state, arms) : learnFirstSize(state, arms, ratePerSecond)
}

async function learnStartSizes(state: TuningState, arms: TuningArms): Promise<void> {
  const { search, plan } = state
  const all = firstSettings(search.space)
  const bySize = new Map(all.filter(({ order }) => order === 0).map((setting) => [setting.size, setting]))
  const smallest = at(all, 0)
  const answerMs = await arms.answerMs(smallest)
  // Whoever gets no answer at all is told so by the first round.
  if (answerMs === undefined) return
  const { iterationTimeoutMs: limitMs } = closedWorkloadOf(plan, smallest)
  const start = chooseStart([...bySize.keys()], {
    turnMs: (size) => answerMs * inTurn(plan, atKey(bySize, size)),
    limitMs,
    lines: all.length / bySize.size,
    wantedMs: tuningDefaults.sizingShare * plan.budgetMs - state.spentMs(),
    mostMs: plan.budgetMs - state.spentMs(),
  })
  if ('needsMs' in start) throw new BudgetTooShort(sayTooShort(plan, { answerMs, needsMs: start.needsMs }))
  const { waiting } = start
  const underWay = closedWorkloadOf(plan, smallest).concurrency
  await state.tell({
    kind: 'learnt',
    space: withoutSizes(search.space, waiting),
    startSizes: start.sizes,
    ...(waiting.length > 0 && { tooSmall: { sizes: waiting, answerMs, underWay, limitMs } }),
  })
}

/** Requests that come one after another where as many are under way as usual. */
function inTurn(plan: TuningPlan, setting: Setting): number {
  return Math.max(1, closedWorkloadOf(plan, setting).concurrency / placesOf(plan, setting))
}

/** Rates and their limit want as much again as the sizes, twice over. */
const rest = 2.5
const stepMs = 15_000

function sayTooShort(
  { budgetMs }: TuningPlan,
  { answerMs, needsMs }: { readonly answerMs: number; readonly needsMs: number },
): string {
  const seconds = (ms: number) => Number((ms / 1_000).toPrecision(2))
  const enough = Math.ceil((rest * needsMs) / stepMs) * (stepMs / 1_000)
  return `a budget of ${budgetMs / 1_000} s is too short: an answer takes ${seconds(answerMs)} s here, so that to compare two sizes once takes about ${seconds(needsMs)} s; try --budget ${enough}s`
}

/** Little's law says how many connections a rate keeps busy, given how long an answer takes when nothing waits. */
async function learnFirstSize(state: TuningState, arms: TuningArms, ratePerSecond: number): Promise<void> {
  const ofFirstOrder = firstSettings(state.plan.search.space).filter(({ order }) => order === 0)
  const largest = at(ofFirstOrder, -1)
  const { block } = await arms.runOpen(largest, { ratePerSecond, secondsSoFar: 0 })
  const serviceMs = Histogram.decode(block.service).percentileUs(50) / 1_000
  await state.tell({ kind: 'learnt', firstSize: Math.ceil(busyConnections(ratePerSecond, serviceMs)) })
}
