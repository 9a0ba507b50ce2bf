import { ArmFailure } from '../arm/arm-failure.ts'
import type { Untimed } from '../document/run-event.ts'
import { makeRound } from '../plan/order.ts'
import { type Random, shuffle } from '../plan/random.ts'
import type { CheckedBlock } from '../run/arm-under-test.ts'
import { TargetSilent } from '../run/silence-watch.ts'
import { atKey } from '../session/at.ts'
import { sumOf } from '../statistics/sum-of.ts'
import type { Setting } from './search/setting.ts'
import type { Step } from './search/tune-search.ts'
import type { TuningArms } from './tuning-arms.ts'
import type { TuningEvent } from './tuning-event.ts'
import type { TuningPlan } from './tuning-plan.ts'
import type { TuningBlock, TuningRecord } from './tuning-record.ts'

/** What is known so far, and what only measuring needs to know. */
export interface TuningState extends TuningRecord {
  readonly plan: TuningPlan
  /** What the longest round of probes has taken, which the next may take too. */
  longestProbeMs: number
  /** By setting, what the longest of its rounds has taken, and to make it ready. */
  readonly tookMs: Map<string, Took>
  spentMs(): number
  /** Takes in what happened, and tells it; nothing more is measured before whoever listens has heard it. */
  tell(event: Untimed<TuningEvent>): Promise<void>
}

interface Took {
  readonly readyMs: number
  readonly roundMs: number
}

interface StepRequest {
  readonly step: Step
  readonly random: Random
  readonly signal: AbortSignal
}

/** Measures what the search asked for. What is cut off by a failure is kept as far as it went. */
export async function runStep(state: TuningState, arms: TuningArms, request: StepRequest): Promise<void> {
  try {
    await measureStep(state, arms, request)
  } catch (error) {
    // What failed in the block in which the target stopped says nothing of the setting, whatever it was part of.
    const last = state.blocks.at(-1)?.block
    if (error instanceof TargetSilent && last !== undefined && last.failed > 0) await state.tell({ kind: 'withdrawn' })
    throw error
  }
}

async function measureStep(state: TuningState, arms: TuningArms, { step, random, signal }: StepRequest): Promise<void> {
  switch (step.kind) {
    case 'round':
      return runRound(state, arms, { settings: step.settings, random, signal })
    case 'probe':
      return runProbes(state, arms, { ...step, random, signal })
    case 'open':
      return runOpen(state, arms, step)
    default:
      return step satisfies never
  }
}

/** About how long a round is going to take: a setting that is new as long as the slowest that is known. */
export function roundMs({ tookMs }: Pick<TuningState, 'tookMs'>, settings: readonly Setting[]): number {
  const slowestMs = Math.max(0, ...[...tookMs.values()].map((took) => took.readyMs + took.roundMs))
  return sumOf(settings, ({ id }) => tookMs.get(id)?.roundMs ?? slowestMs)
}

interface RoundRequest {
  readonly settings: readonly Setting[]
  readonly random: Random
  readonly signal: AbortSignal
}

/** One block of each in random order, and once more in the mirrored order; of a round that is cut off what there is counts. */
async function runRound(
  state: TuningState,
  arms: TuningArms,
  { settings, random, signal }: RoundRequest,
): Promise<void> {
  const readyMs = new Map<string, number>()
  const blocksMs = new Map<string, number>()
  const byId = new Map<string, Setting>()
  for (const setting of settings) {
    signal.throwIfAborted()
    const isReady = state.tookMs.has(setting.id)
    if (byId.size > 1 && !isReady && shareSpent(state) > mostShare.ready) break
    const beganMs = state.spentMs()
    await arms.prepare(setting)
    readyMs.set(setting.id, state.spentMs() - beganMs)
    byId.set(setting.id, setting)
  }
  const seen: SeenBlock[] = []
  try {
    for (const id of makeRound([...byId.keys()], random)) {
      signal.throwIfAborted()
      const setting = atKey(byId, id)
      const own = ownBlocks(seen, setting)
      if (isHopeless(state, own) || isOverdue(state, { own, seen })) continue
      const beganMs = state.spentMs()
      const block = await arms.runClosed(setting)
      seen.push({ setting, block })
      await state.tell({ kind: 'block', setting, block })
      blocksMs.set(id, (blocksMs.get(id) ?? 0) + state.spentMs() - beganMs)
    }
  } finally {
    for (const [id, ownMs] of blocksMs) {
      const known = state.tookMs.get(id) ?? { readyMs: readyMs.get(id) ?? 0, roundMs: 0 }
      state.tookMs.set(id, { ...known, roundMs: Math.max(known.roundMs, ownMs) })
    }
    await state.tell({ kind: 'step-ended' })
  }
}

/** Of the budget: what turns out to be slower than it looked ends with fewer sizes, and with a block of each. */
const mostShare = { ready: 0.6, mirrored: 0.9, atAll: 1.1 }

export function shareSpent({ plan, spentMs }: TuningState): number {
  return spentMs() / plan.budgetMs
}

/** There is no time for one more block: a setting's second is missed less than its first, and two settings less than none. */
function isOverdue(
  state: TuningState,
  { own, seen }: { readonly own: readonly CheckedBlock[]; readonly seen: readonly SeenBlock[] },
): boolean {
  const share = shareSpent(state)
  return (own.length > 0 && share > mostShare.mirrored) || (seen.length > 1 && share > mostShare.atAll)
}

type SeenBlock = Pick<TuningBlock, 'setting' | 'block'>

function ownBlocks(seen: readonly SeenBlock[], { id }: Setting): CheckedBlock[] {
  return seen.filter((one) => one.setting.id === id).map(({ block }) => block)
}

/** What fails far too often has shown that in its first block: to wait in another for what never comes tells nothing new. */
function isHopeless({ search }: TuningState, blocks: readonly CheckedBlock[]): boolean {
  if (blocks.length === 0) return false
  const share = sumOf(blocks, ({ failed }) => failed) / sumOf(blocks, ({ failed, succeeded }) => failed + succeeded)
  const allowed = search.objective.find(({ metric }) => metric.kind === 'errors')?.limit ?? 1
  return share > Math.max(hopeless.times * allowed, hopeless.share)
}

const hopeless = { times: 10, share: 0.02 }

async function runOpen(state: TuningState, arms: TuningArms, step: Extract<Step, { kind: 'open' }>): Promise<void> {
  const { setting, ratePerSecond } = step
  const { block, leadInMs } = await arms.runOpen(setting, step)
  await state.tell({ kind: 'block', setting, ratePerSecond, leadInMs, block })
}

async function runProbes(
  state: TuningState,
  arms: TuningArms,
  { setting, kinds, random, signal }: Extract<Step, { kind: 'probe' }> & Omit<RoundRequest, 'settings'>,
): Promise<void> {
  try {
    for (const kind of kinds) await arms.prepareProbe(setting, kind)
    // Making ready is done once.
    const beganMs = state.spentMs()
    for (const kind of shuffle(kinds, random)) {
      signal.throwIfAborted()
      const block = await arms.runProbe(setting, kind)
      await state.tell({ kind: 'block', setting, probe: kind, block })
    }
    await state.tell({ kind: 'step-ended' })
    state.longestProbeMs = Math.max(state.longestProbeMs, state.spentMs() - beganMs)
  } catch (error) {
    if (!(error instanceof ArmFailure) || signal.aborted) throw error
    // What only the limit was to be told by must not cost the rate: if the client is gone for good, that will say so.
    await state.tell({ kind: 'probes-left-out', message: error.message })
  }
}
