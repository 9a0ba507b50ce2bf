import { ArmFailure } from '../arm/arm-failure.ts'
import { LoadStopped } from '../arm/load-stopped.ts'
import type { EndReason, Untimed } from '../document/run-event.ts'
import { makeRandom } from '../plan/random.ts'
import type { MeasureContext } from '../run/measure-context.ts'
import { TargetSilent } from '../run/silence-watch.ts'
import type { TargetAccess } from '../scenario/target-access.ts'
import { defined } from '../session/defined.ts'
import { messageOf } from '../session/thrown.ts'
import { FixtureFailure } from '../target/fixture-process.ts'
import { openTargets, type Targets } from '../target/open-target.ts'
import { makeAnswerCheck } from './answer-check.ts'
import { BudgetTooShort, learnStart } from './learn-start.ts'
import { roundMs, runStep, shareSpent, type TuningState } from './run-step.ts'
import { concludeTuning } from './search/conclude-tuning.ts'
import { probesOf } from './search/limit-probe.ts'
import { nextTuneStep, type Step } from './search/tune-search.ts'
import { openTuningArms, type TuningArms } from './tuning-arms.ts'
import type { TuningEnd, TuningEvent } from './tuning-event.ts'
import { type TuningPlan, tuningDefaults } from './tuning-plan.ts'
import { openRecord, record } from './tuning-record.ts'
import { conclude, makeTuningRun, type TuningRun } from './tuning-run.ts'

interface TuningContext extends MeasureContext {
  /** Hears what happens, between blocks; nothing more is measured before it has resolved. */
  readonly onEvent?: (event: TuningEvent) => void | Promise<void>
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
  const known = openRecord(plan)
  const state: TuningState = Object.assign(known, {
    longestProbeMs: 0,
    tookMs: new Map(),
    spentMs: () => nowMs() - startMs,
    async tell(happened: Untimed<TuningEvent>) {
      const event = { atMs: Math.max(0, state.spentMs()), ...happened } as TuningEvent
      record(known, event)
      await context.onEvent?.(event)
    },
  })
  const { end, bug } = await measure(state, context).then(
    (reached) => ({ end: reached, bug: undefined }),
    (error: unknown) => endOf(error, context),
  )
  const run = makeTuningRun(known, { end, bug, elapsedMs: state.spentMs() })
  if (run.bug !== undefined) await state.tell({ kind: 'failure', code: 'BUG', message: messageOf(run.bug) })
  await state.tell({ kind: 'run-ended', why: reasonOf(end), end, elapsedMs: run.elapsedMs })
  return run
}

function reasonOf({ state }: TuningEnd): EndReason {
  switch (state) {
    case 'done':
      return 'enough'
    case 'budget ended':
      return 'budget'
    case 'interrupted':
      return 'interrupted'
    case 'failed':
      return 'broken'
    default:
      return state satisfies never
  }
}

async function measure(state: TuningState, context: TuningContext): Promise<TuningEnd> {
  const { plan } = state
  const { host, signal, onOutput, place = thisMachine } = context
  await using targets = place.openTargets(plan.access)
  const target = await targets.open(plan.target, plan.seed)
  await state.tell({ kind: 'opened', origin: target.address.origin })
  await using arms = watchAnswers(
    openTuningArms(plan, target, { host, nowMs: place.nowMs, signal, ...defined({ onOutput }) }),
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
    await state.tell({ kind: 'step', step, doing: describeStep(state, step), ...bestOf(state, context) })
    await runStep(state, arms, { step, random, signal })
  }
}

function spentOf(state: TuningState) {
  const share = shareSpent(state)
  const { sizingShare, doubtingShare, probingShare, endingShare } = tuningDefaults
  return {
    guessing: share > sizingShare / 2,
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
      return roundMs(state, step.settings) + otherChoiceMs(state, arms) <= leftMs
    default:
      return step satisfies never
  }
}

/** A round after the rate was found may find a better size, whose own rate and limit are to be found then. */
function otherChoiceMs({ open, probes, longestProbeMs }: TuningState, arms: TuningArms): number {
  const last = open.at(-1)
  if (last === undefined) return 0
  const rateMs = 2 * arms.openMs(last.setting, { ratePerSecond: last.block.ratePerSecond, secondsSoFar: 0 })
  return rateMs + probesOf(probes, last.setting.id).length * longestProbeMs
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
  await state.tell({ kind: 'traced', setting, block, ...defined({ ratePerSecond }) })
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

/** The best setting so far, where somebody hears of it. */
function bestOf(state: TuningState, { onEvent }: TuningContext): { readonly best?: string } {
  if (onEvent === undefined || state.rounds.length + state.open.length === 0) return {}
  const { setting } = conclude(state).conclusion
  return setting === undefined ? {} : { best: setting.id }
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

function endOf(error: unknown, { signal }: TuningContext): { readonly end: TuningEnd; readonly bug: unknown } {
  if (signal.aborted) return { end: { state: 'interrupted' }, bug: undefined }
  if (isFailure(error)) return { end: { state: 'failed', message: error.message }, bug: undefined }
  return { end: { state: 'failed', message: `sessionbench has a bug, and stopped: ${messageOf(error)}` }, bug: error }
}

/** Of the target, the client or who asked, and no fault of ours. */
function isFailure(error: unknown): error is ArmFailure | BudgetTooShort | FixtureFailure | LoadStopped | TargetSilent {
  const kinds = [ArmFailure, BudgetTooShort, FixtureFailure, LoadStopped, TargetSilent]
  return kinds.some((kind) => error instanceof kind)
}
