import type { TargetAddress, WarmUpResult } from '../arm/messages.ts'
import { ArmFailure, type ArmProcess, openArmProcess } from '../arm/supervisor.ts'
import type { ArmPlan, ComparisonPlan } from '../plan/make-plan.ts'
import type { Block, MeasuredBlock } from '../sample/block.ts'
import { checkAgainstLedger } from '../target/ledger.ts'
import type { OpenTarget } from '../target/open-target.ts'
import { chooseBlockLength } from './choose-block-length.ts'
import type { MeasureContext } from './progress.ts'

/** Fresh processes with every arm of a comparison in them, warm, one arm at a time under load. */
export interface Generation extends AsyncDisposable {
  /** What one round is expected to take: measured once there has been one, else from the blocks' lengths. */
  estimateRoundMs(): number
  /** Measures one block of every position of the round; rejects with ArmFailure. */
  runRound(round: number): Promise<Block[]>
}

const openTimeoutMs = 30_000
const graceMs = 10_000
/** Ledger reads, messages and the speed control cost about this much per block. */
const overheadPerBlockMs = 20

/** Starts the processes (one, or one per arm), makes the variants and warms each arm up in turn. */
export async function openGeneration(
  plan: ComparisonPlan,
  target: OpenTarget,
  generation: number,
  context: MeasureContext,
): Promise<Generation> {
  const processes = openProcesses(plan, context)
  const close = async () => {
    await Promise.all(processes.map(({ process }) => process[Symbol.asyncDispose]()))
  }
  try {
    const arms = await warmUpArms(plan, target.address, processes, context, generation)
    return { ...makeRounds(plan, target, generation, arms), [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
    throw error
  }
}

interface ProcessOfArms {
  readonly process: ArmProcess
  readonly arms: readonly ArmPlan[]
}

interface WarmArm {
  readonly process: ArmProcess
  readonly blockMs: number
}

function openProcesses(plan: ComparisonPlan, context: MeasureContext): ProcessOfArms[] {
  const groups = plan.isolation === 'shared' ? [plan.arms] : plan.arms.map((arm) => [arm])
  return groups.map((arms) => ({ arms, process: openArmProcess(context) }))
}

async function warmUpArms(
  plan: ComparisonPlan,
  target: TargetAddress,
  processes: readonly ProcessOfArms[],
  { scenarioUrl, onProgress }: MeasureContext,
  generation: number,
): Promise<Map<string, WarmArm>> {
  const { workload, blockMs } = plan
  const warm = new Map<string, WarmArm>()
  for (const { process, arms } of processes) {
    await process.ask({ kind: 'open', scenarioUrl, arms, target, workload }, { timeoutMs: openTimeoutMs })
    for (const { id } of arms) {
      onProgress?.({ kind: 'warm-up', comparison: plan.id, arm: id, generation })
      warm.set(id, { process, blockMs: chooseBlockLength(await warmUp(plan, id, process), blockMs) })
    }
  }
  return warm
}

function makeRounds(
  plan: ComparisonPlan,
  target: OpenTarget,
  generation: number,
  arms: ReadonlyMap<string, WarmArm>,
): Pick<Generation, 'estimateRoundMs' | 'runRound'> {
  const roundTimesMs: number[] = []
  return {
    estimateRoundMs() {
      if (roundTimesMs.length > 0) return roundTimesMs.reduce((sum, ms) => sum + ms) / roundTimesMs.length
      return [...arms.values()].reduce((sum, { blockMs }) => sum + 2 * (blockMs + overheadPerBlockMs), 0)
    },
    async runRound(round) {
      const startMs = performance.now()
      const blocks: Block[] = []
      for (const [position, arm] of (plan.rounds[generation]?.[round] ?? []).entries()) {
        const { process, blockMs } = arms.get(arm) as WarmArm
        blocks.push({ ...(await measureBlock(plan, target, process, arm, blockMs)), arm, generation, round, position })
      }
      roundTimesMs.push(performance.now() - startMs)
      return blocks
    },
  }
}

async function warmUp(plan: ComparisonPlan, arm: string, armProcess: ArmProcess): Promise<WarmUpResult> {
  const timeoutMs = plan.warmUp.maxMs + plan.workload.iterationTimeoutMs + graceMs
  const { result } = await armProcess.ask({ kind: 'warm-up', arm, rule: plan.warmUp }, { timeoutMs })
  if (result.succeeded === 0) {
    throw new ArmFailure(
      `none of ${result.failed} iterations of '${arm}' succeeded in its warm-up; the first: ${result.failure}`,
    )
  }
  return result
}

async function measureBlock(
  plan: ComparisonPlan,
  { readLedger }: OpenTarget,
  armProcess: ArmProcess,
  arm: string,
  durationMs: number,
): Promise<MeasuredBlock & Pick<Block, 'disagreements'>> {
  const before = await readLedger?.()
  const timeoutMs = durationMs + plan.workload.iterationTimeoutMs + graceMs
  const { block } = await armProcess.ask({ kind: 'block', arm, durationMs }, { timeoutMs })
  if (readLedger === undefined || before === undefined) return block
  const { disagreements } = await checkAgainstLedger(block.wire, before, readLedger)
  return { ...block, disagreements }
}
