import type { ArmProcess } from '../arm/supervisor.ts'
import type { BlockPhase } from '../engine/run-block.ts'
import { type BlockPlace, blockSeed, deriveSeed } from '../plan/derive-seed.ts'
import type { ComparisonPlan } from '../plan/make-plan.ts'
import { longestThinkMs } from '../plan/think-time.ts'
import type { Block, MeasuredBlock } from '../sample/block.ts'
import type { ResolvedWorkload } from '../scenario/resolve-scenario.ts'
import { checkAgainstLedger, type ServerReading } from '../target/ledger.ts'
import type { OpenTarget } from '../target/open-target.ts'
import { serverVitalsOf } from '../target/server-vitals.ts'
import { makeLoadWatch } from './load-guard.ts'

/** A measured block, and what the ledger said of it. */
export type CheckedBlock = MeasuredBlock & Pick<Block, 'disagreements' | 'server'>

/** What a block may be told beside its length and phase. */
export interface ArmBlockOptions {
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
  if (workload.model === 'raw' || workload.model === 'micro') return durationMs + workload.iterationTimeoutMs
  const drainMs = workload.drainMs ?? workload.iterationTimeoutMs
  if (workload.model === 'open') return durationMs + drainMs
  const { maxDurationMs = durationMs, leadInMs = 0, thinkTimeMs } = workload
  return leadInMs + maxDurationMs + longestThinkMs(thinkTimeMs) + drainMs
}

/** More than any block takes beyond its own time and that of its slowest iteration. */
const graceMs = 10_000

export function makeArmUnderTest(
  id: string,
  process: ArmProcess,
  { ledger }: OpenTarget,
  { workload, seed, guard }: Pick<ComparisonPlan, 'workload' | 'seed' | 'guard'>,
): ArmUnderTest {
  const watch = guard === undefined ? () => {} : makeLoadWatch(guard)
  const blocks = { 'warm-up': 0, measure: 0 }
  let nextIndex = 0
  let endedAtMs: number | undefined
  return {
    id,
    async runBlock(durationMs, phase, { workload: otherWorkload, place, firstIndex } = {}) {
      const before = await ledger?.read()
      const timeoutMs = longestBlockMs(durationMs, otherWorkload ?? workload) + graceMs
      const own = { generation: 0, round: blocks[phase]++, half: 0 }
      // How many blocks a warm-up has depends on the clock: its draws must not move those that are measured.
      const seedOfPhase = phase === 'measure' ? seed : deriveSeed(seed, 'warm-up')
      const reply = await process.ask(
        {
          ...{ kind: 'block', arm: id, durationMs, phase, seed: blockSeed(seedOfPhase, place ?? own) },
          ...(otherWorkload && { workload: otherWorkload }),
          ...(firstIndex !== undefined && { firstIndex }),
        },
        { timeoutMs },
      )
      const { block } = reply
      if (phase === 'measure') nextIndex = reply.nextIndex
      endedAtMs = performance.now()
      watch(block)
      if (ledger === undefined || before === undefined) return block
      // Waiting for the two to agree also keeps what is still under way out of the next block's counts.
      let after: ServerReading['activity'] | undefined
      const read = async () => {
        const reading = await ledger.read()
        after ??= reading.activity
        return reading
      }
      const disagreements = await checkAgainstLedger(block, { before, counts: ledger.counts, read })
      const activity = { before: before.activity, after: after ?? before.activity }
      return { ...block, disagreements, server: serverVitalsOf(block, activity) }
    },
    nextIndex: () => nextIndex,
    idleMs: () => (endedAtMs === undefined ? undefined : performance.now() - endedAtMs),
  }
}
