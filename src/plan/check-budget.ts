import { UsageError } from '../bench-error.ts'
import type { ComparisonPlan, Plan } from './make-plan.ts'
import { stagesOf } from './rate-profile.ts'

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
  const { arms, isolation, warmUp, blockMs, maxRounds, generations, generationsToLook } = plan
  const warmUpMs = pace === 'least' ? warmUp.minMs : warmUp.maxMs
  const startMs = pace === 'least' ? leastStartMs : 2_000
  const perBlockMs = blockMs + leastOverheadMs * (pace === 'least' ? 1 : 5)
  // Alone it is measured and not compared: its first block says something.
  if (arms.length === 1) return startMs + warmUpMs + perBlockMs
  const roundMs = 2 * arms.length * perBlockMs
  if (isolation === 'process') {
    return (generations ?? generationsToLook) * (arms.length * (startMs + warmUpMs) + roundMs)
  }
  const codes = new Set(arms.map(({ variant }) => variant)).size
  const warmMs = (codes + (arms.length - codes) * knownCodeShare) * warmUpMs
  return startMs + warmMs + Math.min(leastQuads, maxRounds) * roundMs
}

function renderSeconds(ms: number): string {
  return `${Number((ms / 1_000).toPrecision(3))} s`
}

function renderArms({ arms, isolation, generations, generationsToLook }: ComparisonPlan): string {
  const count = arms.length === 1 ? '1 arm' : `${arms.length} arms`
  return isolation === 'process' && arms.length > 1
    ? `${count} in ${generations ?? generationsToLook} generations`
    : count
}
