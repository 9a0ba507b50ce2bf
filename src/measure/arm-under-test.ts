import type { ArmProcess } from '../arm/supervisor.ts'
import type { BlockPhase } from '../engine/run-block.ts'
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

/** One arm in its process: everything that is sent for it goes through here, and is compared with the ledger. */
export interface ArmUnderTest {
  readonly id: string
  /** Loads the arm for a while, with its own workload unless another is given; rejects with ArmFailure, or LoadStopped. */
  runBlock(durationMs: number, phase: BlockPhase, workload?: ResolvedWorkload): Promise<CheckedBlock>
  /** How long ago its last block ended; undefined before the first. */
  idleMs(): number | undefined
}

/** The most that a block's load can take: its time, a pause before it (workers start staggered), its slowest iteration. */
function longestBlockMs(durationMs: number, workload: ResolvedWorkload): number {
  if (workload.model !== 'closed') return durationMs + workload.iterationTimeoutMs
  const { maxDurationMs = durationMs, leadInMs = 0, thinkTimeMs, iterationTimeoutMs } = workload
  return leadInMs + maxDurationMs + longestThinkMs(thinkTimeMs) + iterationTimeoutMs
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
  let blocks = 0
  let endedAtMs: number | undefined
  return {
    id,
    async runBlock(durationMs, phase, otherWorkload) {
      const before = await ledger?.read()
      const timeoutMs = longestBlockMs(durationMs, otherWorkload ?? workload) + graceMs
      const request = { kind: 'block', arm: id, durationMs, phase, seed: seed + blocks++ } as const
      const { block } = await process.ask(otherWorkload ? { ...request, workload: otherWorkload } : request, {
        timeoutMs,
      })
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
    idleMs: () => (endedAtMs === undefined ? undefined : performance.now() - endedAtMs),
  }
}
