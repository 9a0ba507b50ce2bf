import { ArmFailure } from '../arm/arm-failure.ts'
import { LoadStopped } from '../arm/load-stopped.ts'
import { messageOf } from '../bench-error.ts'
import { makeRandom } from '../plan/random.ts'
import type { MeasureContext } from '../run/measure-context.ts'
import { TargetSilent } from '../run/silence-watch.ts'
import type { TargetAccess } from '../scenario/target-access.ts'
import { FixtureFailure } from '../target/fixture-process.ts'
import { openTargets, type Targets } from '../target/open-target.ts'
import { makeAnswerCheck } from './answer-check.ts'
import { BudgetTooShort, learnStart } from './learn-start.ts'
import {
  roundMs,
  runStep,
  type Step,
  shareSpent,
  type TooSmall,
  type TuningBlock,
  type TuningState,
} from './run-step.ts'
import { type Conclusion, concludeTuning } from './search/conclude-tuning.ts'
import { type ProbeRound, probesOf } from './search/limit-probe.ts'
import type { SizeRound } from './search/size-search.ts'
import { nextTuneStep, type OpenResult, type TuneSearch } from './search/tune-search.ts'
import { openTuningArms, type TuningArms } from './tuning-arms.ts'
import { closedWorkloadOf, type TuningPlan, tuningDefaults } from './tuning-plan.ts'

/** How a tuning ended. `failed`: the target or the client did, or load had to be stopped, or this program has a bug. */
type TuningEnd =
  | { readonly state: 'done' | 'budget ended' | 'interrupted' }
  | { readonly state: 'failed'; readonly message: string }

/** Everything that was measured, and what it comes to. */
export interface TuningRun {
  readonly plan: TuningPlan
  /** With what was learnt on the way. */
  readonly search: TuneSearch
  readonly rounds: readonly SizeRound[]
  readonly probes: readonly ProbeRound[]
  readonly open: readonly OpenResult[]
  readonly blocks: readonly TuningBlock[]
  /** Requests that the chosen setting had under way in its closed loop. */
  readonly underWay: number | undefined
  /** One more block, of the setting that was chosen, that followed its requests; undefined when none was. */
  readonly traced: TuningBlock | undefined
  /** Sizes that were left out; undefined when none was. */
  readonly tooSmall: TooSmall | undefined
  readonly conclusion: Conclusion
  readonly end: TuningEnd
  /** What this program did wrong, to be told once all that is known has been. */
  readonly bug: unknown
  readonly elapsedMs: number
  readonly origin: string
}

/** What a tuning says while it works. */
export interface TuningProgress {
  readonly doing: string
  readonly best: string | undefined
}

interface TuningContext extends MeasureContext {
  readonly onProgress?: (progress: TuningProgress) => void
  /** Where and when it happens. @default on this machine, now */
  readonly place?: TuningPlace
}

/** Where targets come from, and whose time it is. */
export interface TuningPlace {
  openTargets(access: TargetAccess): Targets
  /** Monotonic, ms. */
  nowMs(): number
}

const thisMachine: TuningPlace = { openTargets, nowMs: () => performance.now() }

/**
 * Measures step by step what the search asks for, until it is clear, or time is up; what there is then is concluded from.
 * Never rejects once it measures: whatever goes wrong, what is known by then is worth having.
 */
export async function runTuning(plan: TuningPlan, context: TuningContext): Promise<TuningRun> {
  const { nowMs } = context.place ?? thisMachine
  const startMs = nowMs()
  const state: TuningState = {
    ...{ plan, search: plan.search, rounds: [], probes: [], open: [], blocks: [], traced: undefined, origin: '' },
    ...{ longestProbeMs: 0, tookMs: new Map(), bug: undefined, tooSmall: undefined },
    spentMs: () => nowMs() - startMs,
  }
  const end = await measure(state, context).catch((error: unknown) => endOf(state, error, context))
  const { search, rounds, probes, open, blocks, traced, tooSmall, origin } = state
  const conclusion = conclude(state)
  const own = conclusion.setting === undefined ? probes : probesOf(probes, conclusion.setting.id)
  const elapsedMs = state.spentMs()
  const underWay = conclusion.setting && closedWorkloadOf(plan, conclusion.setting).concurrency
  const { bug } = state
  return {
    plan,
    search,
    rounds,
    probes: own,
    open,
    blocks,
    traced,
    tooSmall,
    conclusion,
    underWay,
    end,
    bug,
    elapsedMs,
    origin,
  }
}

async function measure(state: TuningState, context: TuningContext): Promise<TuningEnd> {
  const { plan } = state
  const { host, signal, onOutput, place = thisMachine } = context
  await using targets = place.openTargets(plan.access)
  const target = await targets.open(plan.target, plan.seed)
  state.origin = target.address.origin
  await using arms = watchAnswers(
    openTuningArms(plan, target, { host, nowMs: place.nowMs, signal, ...(onOutput && { onOutput }) }),
    state,
  )
  const random = makeRandom(plan.seed)
  await learnStart(state, arms)
  for (;;) {
    signal.throwIfAborted()
    const step = nextTuneStep(state.search, state, spentOf(state))
    if (step.kind === 'done' || !hasTimeFor(state, arms, step)) {
      await traceChosen(state, arms).catch((error: unknown) => {
        if (signal.aborted || !isFailure(error)) throw error
      })
      return { state: step.kind === 'done' ? 'done' : 'budget ended' }
    }
    report(state, context, step)
    await runStep(state, arms, { step, random, signal })
  }
}

function spentOf(state: TuningState) {
  const share = shareSpent(state)
  const { sizingShare, doubtingShare, probingShare, endingShare } = tuningDefaults
  return {
    sizing: share > sizingShare,
    doubting: share > doubtingShare,
    probing: share > probingShare,
    ending: share > endingShare,
  }
}

/** A step is not begun when it would last beyond the budget; the first round may, for without it nothing is known. */
function hasTimeFor(state: TuningState, arms: TuningArms, step: Step): boolean {
  const { plan, rounds, spentMs, longestProbeMs } = state
  const leftMs = plan.budgetMs - spentMs() - tuningDefaults.tracingMs
  switch (step.kind) {
    case 'open':
      return arms.openMs(step.setting, step) <= leftMs
    case 'probe':
      return (longestProbeMs || firstProbeMs(state, step)) <= leftMs
    case 'round':
      if (rounds.length === 0) return true
      if (rounds.length === 1) return roundMs(state, step.settings) <= plan.budgetMs - spentMs()
      return roundMs(state, step.settings) + otherRateMs(state, arms) <= leftMs
    default:
      return step satisfies never
  }
}

/** A round after the rate was found may find a better size, whose own rate is to be found then. */
function otherRateMs({ open }: TuningState, arms: TuningArms): number {
  const last = open.at(-1)
  if (last === undefined) return 0
  return 2 * arms.openMs(last.setting, { ratePerSecond: last.block.ratePerSecond, secondsSoFar: 0 })
}

/** The first has a second client to start. */
function firstProbeMs(state: TuningState, { setting, kinds }: Extract<Step, { kind: 'probe' }>): number {
  return kinds.length * roundMs(state, [setting]) + secondClientMs
}

const secondClientMs = 3_000

/** Where the time of its requests goes says what limits the setting; the answer stands without it. */
async function traceChosen(state: TuningState, arms: TuningArms): Promise<void> {
  const { setting } = concludeTuning(state.search, state)
  if (setting === undefined) return
  const { ratePerSecond } = state.search
  const block = await arms.runTraced(setting, ratePerSecond)
  state.traced = { setting, block, ...(ratePerSecond !== undefined && { ratePerSecond }) }
}

/** The same arms; when one gets no answer any more, it is asked whether anybody does. */
function watchAnswers(arms: TuningArms, state: TuningState): TuningArms {
  const check = makeAnswerCheck(arms, state)
  return {
    ...arms,
    runClosed: async (setting) => check(setting, await arms.runClosed(setting)),
    runProbe: async (setting, kind) => check(setting, await arms.runProbe(setting, kind)),
    async runOpen(setting, rate) {
      const run = await arms.runOpen(setting, rate)
      await check(setting, run.block)
      return run
    },
    [Symbol.asyncDispose]: () => arms[Symbol.asyncDispose](),
  }
}

function report(state: TuningState, { onProgress }: TuningContext, step: Step): void {
  if (onProgress === undefined) return
  const { setting } = state.rounds.length + state.open.length > 0 ? conclude(state) : { setting: undefined }
  onProgress({ doing: describeStep(state, step), best: setting?.id })
}

function describeStep({ rounds, search }: TuningState, step: Step): string {
  switch (step.kind) {
    case 'round':
      return `round ${rounds.length + 1}: ${step.settings.map(({ size }) => size).join(', ')} ${search.space.sizeName}`
    case 'probe':
      return `what limits ${step.setting.id}`
    case 'open':
      return `${step.setting.id} at ${Number(step.ratePerSecond.toPrecision(3))} per second`
    default:
      return step satisfies never
  }
}

/** A conclusion that cannot be drawn must not cost the figures. */
function conclude(state: TuningState): Conclusion {
  try {
    return concludeTuning(state.search, state)
  } catch (error) {
    state.bug ??= error
    return { state: 'nothing measured', setting: undefined, tried: [], highest: undefined, nearest: undefined }
  }
}

function endOf(state: TuningState, error: unknown, { signal }: TuningContext): TuningEnd {
  if (signal.aborted) return { state: 'interrupted' }
  if (isFailure(error)) return { state: 'failed', message: error.message }
  state.bug ??= error
  return { state: 'failed', message: `sessionbench has a bug, and stopped: ${messageOf(error)}` }
}

/** Of the target, the client or who asked, and no fault of ours. */
function isFailure(error: unknown): error is ArmFailure | BudgetTooShort | FixtureFailure | LoadStopped | TargetSilent {
  const kinds = [ArmFailure, BudgetTooShort, FixtureFailure, LoadStopped, TargetSilent]
  return kinds.some((kind) => error instanceof kind)
}
