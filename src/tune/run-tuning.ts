import { LoadStopped } from '../arm/load-stopped.ts'
import { ArmFailure } from '../arm/supervisor.ts'
import { busyConnections } from '../capacity/littles-law.ts'
import type { OpenBlock } from '../capacity/rate-trial.ts'
import { firstSettings, type Setting } from '../capacity/setting.ts'
import type { SizeRound } from '../capacity/size-search.ts'
import {
  type Conclusion,
  concludeTuning,
  nextTuneStep,
  type OpenResult,
  type TuneSearch,
} from '../capacity/tune-search.ts'
import type { CheckedBlock } from '../measure/arm-under-test.ts'
import type { MeasureContext } from '../measure/progress.ts'
import { makeRound } from '../plan/order.ts'
import { makeRandom, type Random } from '../plan/random.ts'
import { Histogram } from '../sample/histogram.ts'
import { FixtureFailure } from '../target/fixture-process.ts'
import { openTargets } from '../target/open-target.ts'
import { observeOpen, observeRound } from './observe-block.ts'
import { openTuningArms, type TuningArms } from './tuning-arms.ts'
import { openWorkloadOf, type TuningPlan, tuningDefaults } from './tuning-plan.ts'

/** A block and what it was part of. `ratePerSecond` is absent in a closed loop. */
export interface TuningBlock {
  readonly setting: Setting
  readonly ratePerSecond?: number
  readonly block: CheckedBlock
}

/** How a tuning ended. `failed`: the target or the client did, or load had to be stopped. */
export type TuningEnd =
  | { readonly state: 'done' | 'budget ended' | 'interrupted' }
  | { readonly state: 'failed'; readonly message: string }

/** Everything that was measured, and what it comes to. */
export interface TuningRun {
  readonly plan: TuningPlan
  /** With what was learnt on the way. */
  readonly search: TuneSearch
  readonly rounds: readonly SizeRound[]
  readonly open: readonly OpenResult[]
  readonly blocks: readonly TuningBlock[]
  /** One more block, of the setting that was chosen, that followed its requests; undefined when none was. */
  readonly traced: TuningBlock | undefined
  readonly conclusion: Conclusion
  readonly end: TuningEnd
  readonly elapsedMs: number
  readonly origin: string
}

/** What a tuning says while it works. */
export interface TuningProgress {
  readonly doing: string
  readonly best: string | undefined
}

export interface TuningContext extends Omit<MeasureContext, 'onProgress'> {
  readonly onProgress?: (progress: TuningProgress) => void
}

/** Measures step by step what the search asks for, until it is clear, or time is up; what there is then is concluded from. */
export async function runTuning(plan: TuningPlan, context: TuningContext): Promise<TuningRun> {
  const startMs = performance.now()
  const state: TuningState = {
    ...{ plan, search: plan.search, rounds: [], open: [], blocks: [], traced: undefined, origin: '' },
    longestMs: { round: 0, open: 0 },
    spentMs: () => performance.now() - startMs,
  }
  const end = await measure(state, context).catch((error: unknown) => endOf(error, context))
  const { search, rounds, open, blocks, traced, origin } = state
  const conclusion = concludeTuning(search, { rounds, open })
  return { plan, search, rounds, open, blocks, traced, conclusion, end, elapsedMs: state.spentMs(), origin }
}

interface TuningState {
  readonly plan: TuningPlan
  search: TuneSearch
  readonly rounds: SizeRound[]
  readonly open: OpenResult[]
  readonly blocks: TuningBlock[]
  traced: TuningBlock | undefined
  /** What the longest step of each kind has taken, which the next may take too. */
  readonly longestMs: Record<'round' | 'open', number>
  origin: string
  spentMs(): number
}

async function measure(state: TuningState, context: TuningContext): Promise<TuningEnd> {
  const { plan } = state
  const { signal, onOutput } = context
  await using targets = openTargets()
  const target = await targets.open(plan.target, plan.seed)
  state.origin = target.address.origin
  await using arms = openTuningArms(plan, target, { signal, ...(onOutput && { onOutput }) })
  const random = makeRandom(plan.seed)
  if (state.search.ratePerSecond !== undefined) await learnFirstSize(state, arms, state.search.ratePerSecond)
  for (;;) {
    signal.throwIfAborted()
    const step = nextTuneStep(state.search, state, { sizing: isSpent(state, tuningDefaults.sizingShare) })
    if (step.kind === 'done' || isSpent(state, 1, step.kind)) {
      await traceChosen(state, arms).catch((error: unknown) => {
        if (signal.aborted || !isFailure(error)) throw error
      })
      return { state: step.kind === 'done' ? 'done' : 'budget ended' }
    }
    report(state, context, step)
    const beganMs = state.spentMs()
    if (step.kind === 'round') await runRound(state, arms, { settings: step.settings, random, signal })
    else await runOpen(state, arms, step)
    state.longestMs[step.kind] = Math.max(state.longestMs[step.kind], state.spentMs() - beganMs)
  }
}

/** True when a share of the budget is used up, or would be by one more step like those before it. */
function isSpent({ plan, spentMs, longestMs }: TuningState, share: number, next?: 'round' | 'open'): boolean {
  const aheadMs = next === undefined ? 0 : longestMs[next] + tuningDefaults.tracingMs
  return spentMs() + aheadMs > share * plan.budgetMs
}

/** Where the time of its requests goes says what limits the setting; the answer stands without it. */
async function traceChosen(state: TuningState, arms: TuningArms): Promise<void> {
  const { search, plan } = state
  const { setting } = concludeTuning(search, state)
  if (setting === undefined) return
  const { ratePerSecond } = search
  const workload = ratePerSecond === undefined ? undefined : openWorkloadOf(plan, ratePerSecond)
  const block = await arms.runTraced(setting, workload)
  state.traced = { setting, block, ...(ratePerSecond !== undefined && { ratePerSecond }) }
}

/** Little's law says how many connections a rate keeps busy, given how long an answer takes when nothing waits. */
async function learnFirstSize(state: TuningState, arms: TuningArms, ratePerSecond: number): Promise<void> {
  const largest = firstSettings(state.plan.search.space)
    .filter(({ order }) => order === 0)
    .at(-1) as Setting
  await arms.prepare(largest)
  const block = await arms.runOpen(largest, openWorkloadOf(state.plan, ratePerSecond))
  const serviceMs = Histogram.decode(block.service).percentileUs(50) / 1_000
  state.search = { ...state.search, firstSize: Math.ceil(busyConnections(ratePerSecond, serviceMs)) }
}

interface RoundRequest {
  readonly settings: readonly Setting[]
  readonly random: Random
  readonly signal: AbortSignal
}

/** One block of each in random order, and once more in the mirrored order; only complete rounds count. */
async function runRound(
  state: TuningState,
  arms: TuningArms,
  { settings, random, signal }: RoundRequest,
): Promise<void> {
  for (const setting of settings) {
    signal.throwIfAborted()
    await arms.prepare(setting)
  }
  const byId = new Map(settings.map((setting) => [setting.id, setting]))
  const blocks = new Map<string, CheckedBlock[]>()
  for (const id of makeRound([...byId.keys()], random)) {
    signal.throwIfAborted()
    const block = await arms.runClosed(byId.get(id) as Setting)
    blocks.set(id, [...(blocks.get(id) ?? []), block])
  }
  const { objective } = state.search
  state.rounds.push(settings.map((setting) => observeRound(objective, setting, blocks.get(setting.id) ?? [])))
  for (const setting of settings)
    for (const block of blocks.get(setting.id) ?? []) state.blocks.push({ setting, block })
}

async function runOpen(
  state: TuningState,
  arms: TuningArms,
  { setting, ratePerSecond }: { readonly setting: Setting; readonly ratePerSecond: number },
): Promise<void> {
  addOpen(state, setting, {
    ratePerSecond,
    block: await arms.runOpen(setting, openWorkloadOf(state.plan, ratePerSecond)),
  })
}

function addOpen(
  { search, open, blocks }: TuningState,
  setting: Setting,
  { ratePerSecond, block }: { readonly ratePerSecond: number; readonly block: CheckedBlock },
): void {
  const seen: OpenBlock = observeOpen(search.objective, ratePerSecond, block)
  open.push({ setting, block: seen })
  blocks.push({ setting, ratePerSecond, block })
}

function report(
  state: TuningState,
  { onProgress }: TuningContext,
  step: Exclude<ReturnType<typeof nextTuneStep>, { kind: 'done' }>,
): void {
  if (onProgress === undefined) return
  const { setting } =
    state.rounds.length + state.open.length > 0 ? concludeTuning(state.search, state) : { setting: undefined }
  const doing =
    step.kind === 'round'
      ? `round ${state.rounds.length + 1}: ${step.settings.map(({ size }) => size).join(', ')} ${state.search.space.sizeName}`
      : `${step.setting.id} at ${Number(step.ratePerSecond.toPrecision(3))} per second`
  onProgress({ doing, best: setting?.id })
}

function endOf(error: unknown, { signal }: TuningContext): TuningEnd {
  if (signal.aborted) return { state: 'interrupted' }
  if (isFailure(error)) return { state: 'failed', message: error.message }
  throw error
}

/** Of the target or the client, and no fault of ours. */
function isFailure(error: unknown): error is ArmFailure | FixtureFailure | LoadStopped {
  return error instanceof ArmFailure || error instanceof FixtureFailure || error instanceof LoadStopped
}
