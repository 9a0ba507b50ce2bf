import { UsageError } from '../bench-error.ts'
import { sumOf } from '../statistics/sum-of.ts'
import { counted } from '../words/counted.ts'
import type { ArmPlan, ComparisonPlan, Plan } from './plan.ts'
import { stagesOf } from './rate-profile.ts'
import { meanThinkMs } from './think-time.ts'

/** Starting a process, importing the scenario and making its variants take at least this, ms. */
const leastStartMs = 200
/** Ledger reads, messages and the speed control cost at least this much per block, ms. */
const leastOverheadMs = 10

/** Fewest quads that give an interval. */
const leastQuads = 6

/** In one process, further points of a sweep run code that is warm: they take this share of a warm-up. */
export const knownCodeShare = 1 / 5

/**
 * Refuses what cannot fit, before anything is measured: a budget that would be spent before the first look, even if every
 * arm were warm in the shortest time. @throws UsageError naming each such comparison, and the budget that would do
 */
export function checkBudgets(plans: readonly Plan[]): void {
  const short = plans.flatMap(({ scenario, comparisons }) =>
    comparisons.filter(isTooShort).map((comparison) => ({ name: scenario.name, comparison })),
  )
  const [first] = short
  if (first === undefined) return
  const neededMs = Math.max(...short.map(({ comparison }) => estimateMs(comparison, 'most')))
  const { name, comparison } = first
  const more = short.length === 1 ? '' : ` (and ${short.length - 1} more like it)`
  const [budget, least] = [comparison.budgetMs, estimateMs(comparison, 'least')].map(renderSeconds)
  throw new UsageError(
    `the budget of ${budget} is too short for a first look at ${name}, ${comparison.id}${more}: starting, warming up ${renderArms(comparison)} and the fewest rounds take at least ${least}; give --budget ${Math.ceil(neededMs / 1_000)}s, or less to do: fewer variants, a shorter --warm-up`,
  )
}

function isTooShort(comparison: ComparisonPlan): boolean {
  // A block of stages is as long as they are, and one round of them shows every stage.
  return stagesOf(comparison.workload) === undefined && comparison.budgetMs < estimateMs(comparison, 'least')
}

/** What a first look takes when every arm is warm as soon as it may be, or as late. */
function estimateMs(plan: ComparisonPlan, pace: 'least' | 'most'): number {
  const { arms, isolation, warmUp, generations, generationsToLook } = plan
  const startMs = pace === 'least' ? leastStartMs : 2_000
  const warmUpMs = (arm: ArmPlan) => (pace === 'least' ? leastWarmUpMs(plan, arm) : warmUp.maxMs)
  const roundsMs = firstRoundsMs(plan, leastOverheadMs * (pace === 'least' ? 1 : 5))
  // Alone it is measured and not compared: its first block says something.
  if (arms.length > 1 && isolation === 'process') {
    return (generations ?? generationsToLook) * (sumOf(arms, (arm) => startMs + warmUpMs(arm)) + roundsMs)
  }
  const isKnown = ({ variant, id }: ArmPlan) => arms.find((arm) => arm.variant === variant)?.id !== id
  const warmMs = sumOf(arms, (arm) => warmUpMs(arm) * (isKnown(arm) ? knownCodeShare : 1))
  return startMs + warmMs + roundsMs
}

/** The least that the fewest rounds take which can be shown: of one process, or of one generation of them. */
export function firstRoundsMs(plan: ComparisonPlan, overheadMs: number = leastOverheadMs): number {
  const { arms, isolation, maxRounds } = plan
  const blocksMs = sumOf(arms, (arm) => leastBlockMs(plan, arm) + overheadMs)
  if (arms.length === 1) return blocksMs
  // Whoever says how long it shall be measured gets as many rounds as that has time for.
  const isOne = isolation === 'process' || plan.isMeasuredToTheEnd === true
  return 2 * blocksMs * (isOne ? 1 : Math.min(leastQuads, maxRounds))
}

/** What an iteration and a worker's pause after it take at least, ms: nothing answers sooner than its distance allows. */
function leastCycleMs({ roundTripMs, target, workload }: ComparisonPlan, { id }: ArmPlan): number {
  const thinkMs = workload.model === 'closed' ? meanThinkMs(workload.thinkTimeMs) : 0
  return (roundTripMs?.[id] ?? target.rttMs) + thinkMs
}

/** A warm-up goes on until there were iterations enough, where it can. */
function leastWarmUpMs(plan: ComparisonPlan, arm: ArmPlan): number {
  const { workload, warmUp } = plan
  const { minMs, minRequests, maxMs } = warmUp
  if (workload.model === 'open') return clamp((minRequests / workload.arrivalRate) * 1_000, minMs, maxMs)
  if (workload.model !== 'closed') return minMs
  return clamp((minRequests / workload.concurrency) * leastCycleMs(plan, arm), minMs, maxMs)
}

/** Blocks are five cycles long, or a hundred arrivals, where that is longer. */
function leastBlockMs(plan: ComparisonPlan, arm: ArmPlan): number {
  const { workload, blockMs } = plan
  if (workload.model === 'open') return Math.max(blockMs, (100 / workload.arrivalRate) * 1_000)
  if (workload.model !== 'closed') return blockMs
  const cycleMs = leastCycleMs(plan, arm)
  return workload.iterations === undefined ? Math.max(blockMs, 5 * cycleMs) : blockMs
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most)
}

function renderSeconds(ms: number): string {
  return `${Number((ms / 1_000).toPrecision(3))} s`
}

function renderArms({ arms, isolation, generations, generationsToLook }: ComparisonPlan): string {
  const count = counted(arms.length, 'arm')
  return isolation === 'process' && arms.length > 1
    ? `${count} in ${counted(generations ?? generationsToLook, 'generation')}`
    : count
}
