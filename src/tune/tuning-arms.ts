import { type ArmProcess, openArmProcess } from '../arm/supervisor.ts'
import type { Setting } from '../capacity/setting.ts'
import { type ArmUnderTest, type CheckedBlock, makeArmUnderTest } from '../measure/arm-under-test.ts'
import { chooseBlockLength } from '../measure/choose-block-length.ts'
import type { MeasureContext } from '../measure/progress.ts'
import { wake, warmUp } from '../measure/warm-up.ts'
import { planDefaults } from '../plan/make-plan.ts'
import { throughputPerSecond } from '../sample/block.ts'
import type { VariantPer } from '../scenario/define.ts'
import type { ResolvedOpenWorkload } from '../scenario/resolve-scenario.ts'
import type { OpenTarget } from '../target/open-target.ts'
import { closedWorkloadOf, openWorkloadOf, type TuningPlan } from './tuning-plan.ts'

/** All settings in one process; each is opened and warmed up when it is first wanted. */
export interface TuningArms extends AsyncDisposable {
  runClosed(setting: Setting): Promise<CheckedBlock>
  runOpen(setting: Setting, workload: ResolvedOpenWorkload): Promise<CheckedBlock>
  /** One block that follows its requests, on connections of its own; in an open loop when a workload is given. */
  runTraced(setting: Setting, workload?: ResolvedOpenWorkload): Promise<CheckedBlock>
  /** Makes a setting ready, so that a round of several runs without a break. */
  prepare(setting: Setting): Promise<void>
}

const openTimeoutMs = 30_000
const warmPieceMs = 200
/** Slow settings are short of the others anyhow: they need not a hundred requests for that. */
const longestBlockMs = 300
/** Even so a block is several latencies long, and begins after some that are not counted. */
const leastLatencies = 3
const leadInLatencies = 1.5
/** An open block lasts for so many p99s, so that the last answers are a small part of it. */
const openBlockLatencies = 40
const openBlockMs = { least: 1_000, most: 5_000 }
const tracedBlockMs = 500
/** Few arrivals say nothing of a percentile. */
const leastArrivals = 100

interface WarmSetting {
  readonly arm: ArmUnderTest
  readonly blockMs: number
  readonly leadInMs: number
  p99Ms: number
}

/** Starts the process; nothing is opened yet. */
export function openTuningArms(plan: TuningPlan, target: OpenTarget, context: MeasureContext): TuningArms {
  const process = openArmProcess(context)
  const settings = new Map<string, WarmSetting>()
  const open = async (setting: Setting, variantPer: VariantPer): Promise<WarmSetting> => {
    const id = `${setting.id} per ${variantPer}`
    const known = settings.get(id)
    if (known !== undefined) return known
    const arm = await openSetting(setting, { id, plan, target, process, variantPer })
    const warm = await warmSetting(arm, setting, { plan, isFirst: settings.size === 0 })
    settings.set(id, warm)
    return warm
  }
  return {
    prepare: async (setting) => void (await open(setting, closedPer(plan))),
    async runClosed(setting) {
      const warm = await open(setting, closedPer(plan))
      const workload = { ...closedWorkloadOf(plan, setting), leadInMs: warm.leadInMs }
      const block = await warm.arm.runBlock(warm.blockMs, 'measure', { workload })
      warm.p99Ms = block.p99Us / 1_000
      return block
    },
    async runOpen(setting, workload) {
      const warm = await open(setting, 'process')
      await wake(warm.arm)
      const wantedMs = Math.max(openBlockLatencies * warm.p99Ms, (leastArrivals * 1_000) / workload.arrivalRate)
      const durationMs = Math.min(Math.max(wantedMs, openBlockMs.least), openBlockMs.most)
      return warm.arm.runBlock(Math.ceil(durationMs), 'measure', { workload })
    },
    async runTraced(setting, workload) {
      const id = `${setting.id} traced`
      // A pool of its own for the block: how long its connections take to open is part of what is asked.
      const arm = await openSetting(setting, { id, plan, target, process, variantPer: 'block', phases: true })
      return arm.runBlock(tracedBlockMs, 'measure', { workload })
    },
    [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
  }
}

/**
 * In the closed loop every block makes its variant anew, in the part that is not counted: connections that a resting setting
 * kept would count against the limit of a server that has one, and the setting under load would get too few.
 */
function closedPer({ search }: TuningPlan): VariantPer {
  return search.ratePerSecond === undefined ? 'block' : 'process'
}

interface Opening {
  /** What the process knows it by. */
  readonly id: string
  readonly variantPer: VariantPer
  readonly phases?: boolean
  readonly plan: TuningPlan
  readonly target: OpenTarget
  readonly process: ArmProcess
}

async function openSetting(
  setting: Setting,
  { id, plan, target, process, variantPer, phases = false }: Opening,
): Promise<ArmUnderTest> {
  const { scenario, variant, fixedParams, seed, guard, reach } = plan
  const workload = closedWorkloadOf(plan, setting)
  const arms = [{ id, variant, params: { ...setting.params, ...fixedParams } }]
  const { url: scenarioUrl } = scenario
  await process.ask(
    { kind: 'open', scenarioUrl, arms, target: target.address, workload, variantPer, phases, seed, reach },
    { timeoutMs: openTimeoutMs },
  )
  // One seed for all: the n-th block of each setting draws what those of the others draw.
  return makeArmUnderTest(id, process, target, { workload, guard, seed })
}

/** The process is warmed up once, for all settings run the same code; each further one only opens its connections. */
async function warmSetting(
  arm: ArmUnderTest,
  setting: Setting,
  { plan, isFirst }: { readonly plan: TuningPlan; readonly isFirst: boolean },
): Promise<WarmSetting> {
  const { warmUpMs, search } = plan
  const pieceMs = Math.min(warmPieceMs, warmUpMs)
  // At a rate that was given nothing else is sent: a closed loop would go as fast as it can.
  if (search.ratePerSecond !== undefined) {
    const workload = openWorkloadOf(plan, Math.min(search.ratePerSecond, search.highestRatePerSecond))
    const { p99Us } = await arm.runBlock(isFirst ? warmUpMs : pieceMs, 'warm-up', { workload })
    return { arm, blockMs: planDefaults.blockMs, leadInMs: 0, p99Ms: p99Us / 1_000 }
  }
  const rule = { minMs: warmUpMs, maxMs: 2 * warmUpMs, minRequests: planDefaults.warmUpRequests }
  if (isFirst) await warmUp(arm, { rule, generation: 0 })
  const piece = await arm.runBlock(pieceMs, 'warm-up')
  const iterationsPerSecond = throughputPerSecond(piece)
  const warm = { p50Us: piece.p50Us, iterationsPerSecond, requestsPerSecond: iterationsPerSecond }
  const wantedMs = chooseBlockLength(warm, { blockMs: planDefaults.blockMs, workload: closedWorkloadOf(plan, setting) })
  const [p50Ms, p99Ms] = [piece.p50Us / 1_000, piece.p99Us / 1_000]
  const blockMs = Math.ceil(Math.min(wantedMs, Math.max(longestBlockMs, leastLatencies * p50Ms)))
  // The first answers of a block come to a queue that is not yet as long as it gets: one latency, and it is.
  return { arm, blockMs, leadInMs: Math.ceil(leadInLatencies * p50Ms), p99Ms }
}
