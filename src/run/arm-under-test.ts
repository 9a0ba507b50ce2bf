import type { ArmProcess } from '../arm/arm-host.ts'
import type { BlockPhase } from '../engine/block-draws.ts'
import { type BlockPlace, blockSeed, deriveSeed } from '../plan/derive-seed.ts'
import type { ComparisonPlan } from '../plan/plan.ts'
import { longestThinkMs } from '../plan/think-time.ts'
import type { Block, MeasuredBlock } from '../sample/block.ts'
import { engineOf, isOwnLoop } from '../scenario/engine-name.ts'
import type { ResolvedWorkload } from '../scenario/resolve-scenario.ts'
import { defined } from '../session/defined.ts'
import { checkAgainstLedger, type ServerReading } from '../target/ledger.ts'
import type { OpenTarget } from '../target/open-target.ts'
import { serverVitalsOf } from '../target/server-vitals.ts'
import { makeLoadWatch } from './load-watch.ts'
import { makePortWatch } from './port-watch.ts'
import type { SilenceWatch } from './silence-watch.ts'

/** A measured block, and what the ledger said of it. */
export type CheckedBlock = MeasuredBlock & Pick<Block, 'disagreements' | 'server'>

/** What a block may be told beside its length and phase. */
interface ArmBlockOptions {
  /** @default the arm's own */
  readonly workload?: ResolvedWorkload | undefined
  /** Where a measured block stands. @default counted for this arm alone, as if it were compared with nothing */
  readonly place?: BlockPlace | undefined
  /** See `ArmRequest`. */
  readonly firstIndex?: number | undefined
}

/** One arm in its process: everything that is sent for it goes through here, and is compared with the ledger. */
export interface ArmUnderTest {
  readonly id: string
  /** Loads the arm for a while; rejects with ArmFailure, or LoadStopped. */
  runBlock(durationMs: number, phase: BlockPhase, options?: ArmBlockOptions): Promise<CheckedBlock>
  /** Where its count of measured iterations stands. */
  nextIndex(): number
  /** How long ago its last block ended; undefined before the first. */
  idleMs(): number | undefined
}

/** The most that a block's load can take: its time, a pause before it (workers start staggered), its slowest iteration. */
function longestBlockMs(durationMs: number, workload: ResolvedWorkload): number {
  // Connections are opened before its time begins, and may take as long as an answer.
  const openingMs = engineOf(workload) === 'client' ? 0 : workload.iterationTimeoutMs
  if (isOwnLoop(workload)) return openingMs + durationMs + workload.iterationTimeoutMs
  const drainMs = workload.drainMs ?? workload.iterationTimeoutMs
  if (workload.model === 'open') return openingMs + durationMs + drainMs
  const { maxDurationMs = durationMs, meetMs = 0, leadInMs = 0, thinkTimeMs } = workload
  return meetMs + 2 * leadInMs + maxDurationMs + longestThinkMs(thinkTimeMs) + drainMs
}

/** What a comparison wants of its arms while they are under load. */
export interface ArmWatch {
  /** Until the budget is spent: an answer that does not come is not waited for much longer. */
  readonly remainingMs?: () => number
  /** Gets every block, of warm-ups too; what it throws ends the comparison. */
  readonly onBlock?: SilenceWatch
}

/** Slower answers than any so far come too; this much slower they do not. */
const muchSlower = 3
const leastDrainMs = 1_000

/**
 * Bounds how long a block waits for its last answers: one time-out of an iteration at the most (three would fit into a
 * block's lead-in, its time and its end), and not beyond the budget unless answers are as slow as that.
 */
function boundDrain(
  workload: ResolvedWorkload,
  { slowestMs, remainingMs = Number.POSITIVE_INFINITY }: { slowestMs: number; remainingMs: number | undefined },
): ResolvedWorkload {
  const hasEnd = workload.model === 'closed' ? workload.iterations !== undefined : workload.model !== 'open'
  if (hasEnd || ('drainMs' in workload && workload.drainMs !== undefined)) return workload
  const { iterationTimeoutMs } = workload
  const patienceMs = Math.max(remainingMs, muchSlower * slowestMs, leastDrainMs)
  return { ...workload, drainMs: Math.ceil(Math.min(iterationTimeoutMs, patienceMs)) } as ResolvedWorkload
}

const portWatches = new WeakMap<OpenTarget, ReturnType<typeof makePortWatch>>()

/** One for all arms of a target: they open connections from the same ports. */
function portWatchOf(target: OpenTarget) {
  const { profile, origin } = target.address
  const watch =
    portWatches.get(target) ?? makePortWatch(profile.kind === 'none' ? 'localhost' : new URL(origin).hostname)
  portWatches.set(target, watch)
  return watch
}

/** More than any block takes beyond its own time and that of its slowest iteration. */
const graceMs = 10_000

export function makeArmUnderTest(
  id: string,
  process: ArmProcess,
  target: OpenTarget,
  { workload, seed, guard }: Pick<ComparisonPlan, 'workload' | 'seed' | 'guard'>,
  { remainingMs, onBlock }: ArmWatch = {},
): ArmUnderTest {
  const { ledger } = target
  const watch = guard === undefined ? () => {} : makeLoadWatch(guard)
  const watchPorts = portWatchOf(target)
  let slowestMs = 0
  const blocks = { 'warm-up': 0, measure: 0 }
  let nextIndex = 0
  let endedAtMs: number | undefined
  return {
    id,
    async runBlock(durationMs, phase, { workload: otherWorkload, place, firstIndex } = {}) {
      const before = await ledger?.read()
      const load = boundDrain(otherWorkload ?? workload, { slowestMs, remainingMs: remainingMs?.() })
      const timeoutMs = longestBlockMs(durationMs, load) + graceMs
      const own = { generation: 0, round: blocks[phase]++, half: 0 }
      // How many blocks a warm-up has depends on the clock: its draws must not move those that are measured.
      const seedOfPhase = phase === 'measure' ? seed : deriveSeed(seed, 'warm-up')
      const reply = await process.ask(
        {
          ...{ kind: 'block', arm: id, durationMs, phase, seed: blockSeed(seedOfPhase, place ?? own) },
          workload: load,
          ...defined({ firstIndex }),
        },
        { timeoutMs },
      )
      const { block } = reply
      if (phase === 'measure') nextIndex = reply.nextIndex
      endedAtMs = performance.now()
      slowestMs = Math.max(slowestMs, block.p99Us / 1_000)
      watch(block)
      watchPorts(block, endedAtMs)
      onBlock?.(id, block, process.printedBytes())
      if (ledger === undefined || before === undefined) return block
      // Waiting for the two to agree also keeps what is still under way out of the next block's counts.
      let after: ServerReading['activity'] | undefined
      const read = async () => {
        const reading = await ledger.read()
        after ??= reading.activity
        return reading
      }
      const disagreements = await checkAgainstLedger(block, {
        ...{ before, counts: ledger.counts, read },
        patience: ledger.patienceOf(id),
      })
      const activity = { before: before.activity, after: after ?? before.activity }
      return { ...block, disagreements, server: serverVitalsOf(block, activity) }
    },
    nextIndex: () => nextIndex,
    idleMs: () => (endedAtMs === undefined ? undefined : performance.now() - endedAtMs),
  }
}
