import type { ComparisonPlan } from '../plan/plan.ts'
import type { Block } from '../sample/block.ts'
import type { LocalReading } from '../sample/local-reading.ts'
import type { ResolvedWorkload } from '../scenario/resolve-scenario.ts'
import { atKey } from '../session/at.ts'
import { sumOf } from '../statistics/sum-of.ts'
import type { OpenLink } from '../target/open-target.ts'
import type { ArmUnderTest } from './arm-under-test.ts'
import { latenciesPerBlock } from './limit-warm-up.ts'
import type { MeasureContext } from './measure-context.ts'
import { measureLocal } from './measure-local.ts'
import { wake } from './warm-up.ts'

/** Rounds over arms that are open and warm, one of them at a time under load. */
export interface Rounds {
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

/** Ledger reads, messages and the speed control cost about this much per block. */
const overheadPerBlockMs = 20

export interface WarmArm {
  readonly arm: ArmUnderTest
  readonly blockMs: number
  /** The plan's workload, with a lead-in where the arm needs one. */
  readonly workload: ResolvedWorkload
  readonly leadInMs: number
  readonly p50Ms: number
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

export function makeRounds({ plan, generation, arms, link, context: { signal } }: RoundsOptions): Rounds {
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
