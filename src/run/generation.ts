import type { ArmProcess } from '../arm/arm-host.ts'
import { askToOpen } from '../arm/ask-to-open.ts'
import { knownCodeShare } from '../plan/check-budget.ts'
import { deriveSeed } from '../plan/derive-seed.ts'
import type { ArmPlan, ComparisonPlan, WarmUpRule } from '../plan/plan.ts'
import { atKey } from '../session/at.ts'
import type { OpenTarget } from '../target/open-target.ts'
import { type ArmUnderTest, type ArmWatch, makeArmUnderTest } from './arm-under-test.ts'
import { chooseBlockLength, chooseLeadIn } from './choose-block-length.ts'
import type { ComparisonHappenings } from './comparison-state.ts'
import { fitTime } from './fit-time.ts'
import { generationBudgetMs, limitWarmUp } from './limit-warm-up.ts'
import type { MeasureContext } from './measure-context.ts'
import { makeRounds, type Rounds, type WarmArm } from './run-rounds.ts'
import { OutOfBudget, warmUp } from './warm-up.ts'

/** Fresh processes with every arm of a comparison in them, warm. */
export interface Generation extends Rounds, AsyncDisposable {
  /** Most rounds that it has. */
  readonly maxRounds: number
}

/** The least number of blocks that the time left is divided into where there is one arm. */
const blocksOfOneArm = 4

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

function shorten({ minMs, minRequests, maxMs }: WarmUpRule): WarmUpRule {
  return { minMs: minMs * knownCodeShare, minRequests: minRequests * knownCodeShare, maxMs: maxMs / 2 }
}
