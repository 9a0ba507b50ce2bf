import type { ArmProcess } from '../arm/arm-host.ts'
import { askToOpen } from '../arm/ask-to-open.ts'
import { knownCodeShare } from '../plan/check-budget.ts'
import { deriveSeed } from '../plan/derive-seed.ts'
import type { ArmPlan, ComparisonPlan, WarmUpRule } from '../plan/plan.ts'
import type { Block } from '../sample/block.ts'
import type { LocalReading } from '../sample/local-reading.ts'
import type { ResolvedWorkload } from '../scenario/resolve-scenario.ts'
import { atKey } from '../session/at.ts'
import { sumOf } from '../statistics/sum-of.ts'
import type { OpenLink, OpenTarget } from '../target/open-target.ts'
import { type ArmUnderTest, type ArmWatch, makeArmUnderTest } from './arm-under-test.ts'
import { chooseBlockLength, chooseLeadIn } from './choose-block-length.ts'
import type { ComparisonHappenings } from './comparison-state.ts'
import { generationBudgetMs, latenciesPerBlock, limitWarmUp } from './limit-warm-up.ts'
import type { MeasureContext } from './measure-context.ts'
import { measureLocal } from './measure-local.ts'
import { OutOfBudget, wake, warmUp } from './warm-up.ts'

/** Fresh processes with every arm of a comparison in them, warm, one arm at a time under load. */
export interface Generation extends AsyncDisposable {
  /** Most rounds that it has. */
  readonly maxRounds: number
  /** What one round is expected to take: measured once there has been one, else from the blocks' lengths. */
  estimateRoundMs(): number
  /**
   * Measures one block of every position of the round, one after another; throws ArmFailure. Blocks are as
   * much shorter, down to the plan's shortest, as the round is to fit into `mostMs`.
   */
  runRound(round: number, mostMs?: number): AsyncGenerator<Block, void, void>
  /** What iterations take without the target's distance; nothing where the plan has no use for it. */
  measureLocal(): Promise<LocalReading[]>
}

/** The least number of blocks that the time left is divided into where there is one arm. */
const blocksOfOneArm = 4
/** Ledger reads, messages and the speed control cost about this much per block. */
const overheadPerBlockMs = 20

/** Starts the processes (one, or one per arm), makes the variants and warms each arm up in turn, which is told. */
export async function* openGeneration(
  plan: ComparisonPlan,
  target: OpenTarget,
  generation: number,
  context: MeasureContext,
  { remainingMs, onBlock }: Required<ArmWatch>,
): ComparisonHappenings<Generation> {
  const beganMs = remainingMs()
  const leftMs = () => Math.min(remainingMs(), generationBudgetMs(plan) - (beganMs - remainingMs()))
  const processes = openProcesses(plan, context)
  const close = async () => {
    await Promise.all(processes.map(({ process }) => process[Symbol.asyncDispose]()))
  }
  let isOpen = false
  try {
    const arms = await openArms({ plan, target, processes, generation, watch: { remainingMs, onBlock } })
    const { warm, maxRounds } = fitTime(yield* warmUpArms(plan, arms, generation, { remainingMs, leftMs }), plan)
    isOpen = true
    return {
      ...makeRounds({ plan, generation, arms: warm, link: target.link, context }),
      maxRounds,
      [Symbol.asyncDispose]: close,
    }
  } finally {
    // Whatever kept it from being open: also a reader that wants no more of it.
    if (!isOpen) await close()
  }
}

interface ProcessOfArms {
  readonly process: ArmProcess
  readonly arms: readonly ArmPlan[]
}

interface WarmArm {
  readonly arm: ArmUnderTest
  readonly blockMs: number
  /** The plan's workload, with a lead-in where the arm needs one. */
  readonly workload: ResolvedWorkload
  readonly leadInMs: number
  readonly p50Ms: number
}

function openProcesses(plan: ComparisonPlan, { host, ...options }: MeasureContext): ProcessOfArms[] {
  const groups = plan.isolation === 'shared' ? [plan.arms] : plan.arms.map((arm) => [arm])
  return groups.map((arms) => ({ arms, process: host.open(plan.processes, options) }))
}

/** Arms are warmed up in a random order of their own, as they are measured: whoever comes first is no better known to the JIT. */
function openingOrder({ arms, rounds }: ComparisonPlan, generation: number): readonly string[] {
  return rounds[generation]?.[0]?.slice(0, arms.length) ?? []
}

async function openArms({
  plan,
  target,
  processes,
  generation,
  watch,
}: {
  readonly plan: ComparisonPlan
  readonly target: OpenTarget
  readonly processes: readonly ProcessOfArms[]
  readonly generation: number
  readonly watch: ArmWatch
}): Promise<Map<string, ArmUnderTest>> {
  const opened = new Map<string, ArmUnderTest>()
  const seed = deriveSeed(plan.seed, 'rows', generation)
  for (const { process, arms } of processes) {
    await askToOpen(process, arms, plan, { target: target.address, seed })
    for (const { id } of arms) opened.set(id, makeArmUnderTest(id, process, target, plan, watch))
  }
  return opened
}

interface WarmUpWatch {
  readonly remainingMs: () => number
  /** Of what this generation may take. */
  readonly leftMs: () => number
}

/** In one process, further points of a sweep run code that is warm: they open their connections and find their speed. */
function rulesOf({ arms, isolation, warmUp }: ComparisonPlan, order: readonly string[]): WarmUpRule[] {
  const codes = order.map((id) => arms.find((arm) => arm.id === id)?.variant ?? id)
  const isKnown = (code: string, index: number) => isolation === 'shared' && codes.indexOf(code) < index
  return codes.map((code, index) => (isKnown(code, index) ? shorten(warmUp) : warmUp))
}

async function* warmUpArms(
  plan: ComparisonPlan,
  arms: ReadonlyMap<string, ArmUnderTest>,
  generation: number,
  { remainingMs, leftMs }: WarmUpWatch,
): ComparisonHappenings<Map<string, WarmArm>> {
  const warm = new Map<string, WarmArm>()
  const order = openingOrder(plan, generation)
  const rules = rulesOf(plan, order)
  for (const [index, id] of order.entries()) {
    if (remainingMs() <= 0) throw new OutOfBudget()
    yield { kind: 'warming', arm: id, generation }
    const arm = atKey(arms, id)
    const rule = limitWarmUp(rules.slice(index) as [WarmUpRule, ...WarmUpRule[]], plan, {
      leftMs: leftMs(),
      p50sMs: [...warm.values()].map(({ p50Ms }) => p50Ms),
    })
    const result = await warmUp(arm, { rule, generation })
    yield { kind: 'warmed', ...result.report }
    const leadInMs = chooseLeadIn(result, plan)
    const workload = leadInMs > 0 && plan.workload.model === 'closed' ? { ...plan.workload, leadInMs } : plan.workload
    // Nobody compares an arm that is alone: it says sooner what it knows.
    const mostMs = plan.arms.length === 1 ? Math.max(plan.blockMs, remainingMs() / blocksOfOneArm) : undefined
    const blockMs = Math.ceil(Math.min(chooseBlockLength(result, plan), mostMs ?? Number.POSITIVE_INFINITY))
    warm.set(id, { arm, blockMs, workload, leadInMs, p50Ms: result.p50Us / 1_000 })
  }
  return plan.workload.model === 'open' ? makeEquallyLong(warm) : warm
}

/** Arms of an open loop have the same arrivals only in blocks of the same length: that of the slowest. */
function makeEquallyLong(arms: ReadonlyMap<string, WarmArm>): Map<string, WarmArm> {
  const blockMs = Math.max(...[...arms.values()].map((arm) => arm.blockMs))
  return new Map([...arms].map(([id, arm]) => [id, { ...arm, blockMs }]))
}

/**
 * Where the plan has fixed how long the blocks take in all: as many rounds as it has time for, their blocks so much longer that
 * it is used up, or shorter where one round does not fit.
 */
export function fitTime<Arm extends { readonly blockMs: number }>(
  warm: ReadonlyMap<string, Arm>,
  { generationMs, maxRounds }: Pick<ComparisonPlan, 'generationMs' | 'maxRounds'>,
): { readonly warm: ReadonlyMap<string, Arm>; readonly maxRounds: number } {
  if (generationMs === undefined) return { warm, maxRounds }
  const roundMs = 2 * sumOf(warm.values(), ({ blockMs }) => blockMs)
  const rounds = Math.min(Math.max(1, Math.floor(generationMs / roundMs)), maxRounds)
  // Arms that are slower than others have longer blocks for it; of a time that is shared all get as much.
  const blockMs = generationMs / (2 * rounds * warm.size)
  return { warm: new Map([...warm].map(([id, arm]) => [id, { ...arm, blockMs }])), maxRounds: rounds }
}

function shorten({ minMs, minRequests, maxMs }: WarmUpRule): WarmUpRule {
  return { minMs: minMs * knownCodeShare, minRequests: minRequests * knownCodeShare, maxMs: maxMs / 2 }
}

/** Where all arms can begin alike without repeating an index. */
function furthestIndex(arms: ReadonlyMap<string, WarmArm>): number {
  return Math.max(...[...arms.values()].map(({ arm }) => arm.nextIndex()))
}

/** What of its blocks' lengths a round can have to take no longer; their beginnings and ends take what they take. */
function shareWithin(mostMs: number, arms: ReadonlyMap<string, WarmArm>): number {
  const fixedMs = sumOf(arms.values(), ({ p50Ms }) => 2 * (latenciesPerBlock * p50Ms + overheadPerBlockMs))
  const lengthsMs = sumOf(arms.values(), ({ blockMs, leadInMs }) => 2 * (2 * leadInMs + blockMs))
  return Math.min(1, Math.max(0, mostMs - fixedMs) / lengthsMs)
}

/** The arm with blocks of this share of their length, where that is not below the shortest. */
function takeShare(arm: WarmArm, share: number, plan: ComparisonPlan): WarmArm {
  if (share === 1) return arm
  const leadInMs = Math.ceil(arm.leadInMs * share)
  const workload = arm.workload.model === 'closed' ? { ...arm.workload, leadInMs } : arm.workload
  return { ...arm, workload, blockMs: Math.min(arm.blockMs, Math.max(plan.blockMs, Math.ceil(arm.blockMs * share))) }
}

interface RoundsOptions {
  readonly plan: ComparisonPlan
  readonly generation: number
  readonly arms: ReadonlyMap<string, WarmArm>
  readonly link: OpenLink | undefined
  readonly context: MeasureContext
}

function makeRounds({
  plan,
  generation,
  arms,
  link,
  context: { signal },
}: RoundsOptions): Pick<Generation, 'estimateRoundMs' | 'runRound' | 'measureLocal'> {
  const roundTimesMs: number[] = []
  const estimateRoundMs = () => {
    if (roundTimesMs.length > 0) return sumOf(roundTimesMs) / roundTimesMs.length
    // The last iterations of a block end about one latency after its time.
    const estimateMs = ({ blockMs, leadInMs, p50Ms }: WarmArm) =>
      2 * (2 * leadInMs + blockMs + p50Ms + overheadPerBlockMs)
    return sumOf(arms.values(), estimateMs)
  }
  return {
    estimateRoundMs,
    async *runRound(round, mostMs = Number.POSITIVE_INFINITY) {
      const share = shareWithin(mostMs, arms)
      const startMs = performance.now()
      let firstIndex = 0
      for (const [position, id] of (plan.rounds[generation]?.[round] ?? []).entries()) {
        signal.throwIfAborted()
        const { arm, blockMs, workload } = takeShare(atKey(arms, id), share, plan)
        if (plan.variantPer === 'process') await wake(arm)
        if (position % arms.size === 0) firstIndex = furthestIndex(arms)
        const place = { generation, round, half: Math.floor(position / arms.size) }
        const measured = await arm.runBlock(blockMs, 'measure', { workload, place, firstIndex })
        yield { ...measured, arm: id, generation, round, position }
      }
      roundTimesMs.push(performance.now() - startMs)
    },
    async measureLocal() {
      if (plan.roundTripMs === undefined || link === undefined) return []
      return measureLocal(
        plan,
        [...arms.values()].map(({ arm }) => arm),
        link,
      )
    },
  }
}
