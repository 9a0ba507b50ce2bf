import { type ArmProcess, openArmProcess } from '../arm/supervisor.ts'
import type { ArmPlan, ComparisonPlan } from '../plan/make-plan.ts'
import type { Block } from '../sample/block.ts'
import type { OpenTarget } from '../target/open-target.ts'
import { type ArmUnderTest, makeArmUnderTest } from './arm-under-test.ts'
import { chooseBlockLength } from './choose-block-length.ts'
import type { MeasureContext } from './progress.ts'
import { wake, warmUp } from './warm-up.ts'

/** Fresh processes with every arm of a comparison in them, warm, one arm at a time under load. */
export interface Generation extends AsyncDisposable {
  /** What one round is expected to take: measured once there has been one, else from the blocks' lengths. */
  estimateRoundMs(): number
  /** Measures one block of every position of the round; rejects with ArmFailure. */
  runRound(round: number): Promise<Block[]>
}

const openTimeoutMs = 30_000
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
    const arms = await warmUpArms(plan, target, processes, context, generation)
    return { ...makeRounds(plan, generation, arms), [Symbol.asyncDispose]: close }
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
  readonly arm: ArmUnderTest
  readonly blockMs: number
  readonly p50Ms: number
}

function openProcesses(plan: ComparisonPlan, context: MeasureContext): ProcessOfArms[] {
  const groups = plan.isolation === 'shared' ? [plan.arms] : plan.arms.map((arm) => [arm])
  return groups.map((arms) => ({ arms, process: openArmProcess(context) }))
}

async function warmUpArms(
  plan: ComparisonPlan,
  target: OpenTarget,
  processes: readonly ProcessOfArms[],
  { scenarioUrl, onProgress }: MeasureContext,
  generation: number,
): Promise<Map<string, WarmArm>> {
  const { workload } = plan
  const warm = new Map<string, WarmArm>()
  for (const { process, arms } of processes) {
    const request = { kind: 'open', scenarioUrl, arms, target: target.address, workload } as const
    await process.ask(request, { timeoutMs: openTimeoutMs })
    for (const { id } of arms) {
      onProgress?.({ kind: 'warm-up', comparison: plan.id, arm: id, generation })
      const arm = makeArmUnderTest(id, process, target, workload)
      const result = await warmUp(arm, plan.warmUp)
      warm.set(id, { arm, blockMs: chooseBlockLength(result, plan.blockMs), p50Ms: result.p50Us / 1_000 })
    }
  }
  return warm
}

function makeRounds(
  plan: ComparisonPlan,
  generation: number,
  arms: ReadonlyMap<string, WarmArm>,
): Pick<Generation, 'estimateRoundMs' | 'runRound'> {
  const roundTimesMs: number[] = []
  return {
    estimateRoundMs() {
      if (roundTimesMs.length > 0) return roundTimesMs.reduce((sum, ms) => sum + ms) / roundTimesMs.length
      // The last iterations of a block end about one latency after its time.
      return [...arms.values()].reduce((sum, { blockMs, p50Ms }) => sum + 2 * (blockMs + p50Ms + overheadPerBlockMs), 0)
    },
    async runRound(round) {
      const startMs = performance.now()
      const blocks: Block[] = []
      for (const [position, id] of (plan.rounds[generation]?.[round] ?? []).entries()) {
        const { arm, blockMs } = arms.get(id) as WarmArm
        await wake(arm)
        blocks.push({ ...(await arm.runBlock(blockMs, 'measure')), arm: id, generation, round, position })
      }
      roundTimesMs.push(performance.now() - startMs)
      return blocks
    },
  }
}
