import { ArmFailure } from '../arm/supervisor.ts'
import { type Judgement, judgeComparison, judgePrimary } from '../judge/judge-comparison.ts'
import { type ComparisonPlan, planDefaults } from '../plan/make-plan.ts'
import type { Block } from '../sample/block.ts'
import { LEAST_UNITS } from '../statistics/comparison.ts'
import { judgeEnough } from '../statistics/enough.ts'
import { type LookPlan, type Moment, makeLookPlan } from '../statistics/looks.ts'
import type { Unit } from '../statistics/units.ts'
import type { Verdict } from '../statistics/verdict.ts'
import { FixtureFailure } from '../target/fixture-process.ts'
import type { Targets } from '../target/open-target.ts'
import { type Generation, openGeneration } from './generation.ts'
import { planGenerations } from './plan-generations.ts'
import type { MeasureContext } from './progress.ts'

/** How the measuring of a comparison ended. */
export type ComparisonEnd =
  | { readonly state: 'decided' | 'last look taken' | 'budget ended' | 'interrupted' }
  | { readonly state: 'too short' | 'failed'; readonly message: string }

/** All that was measured for one table, and what it comes to. */
export interface ComparisonRun {
  readonly plan: ComparisonPlan
  readonly unit: Unit
  readonly end: ComparisonEnd
  readonly elapsedMs: number
  readonly blocks: readonly Block[]
  readonly judgement: Judgement
}

/** Measures until the answer is clear, the budget is spent, or something breaks; whatever happens, what there is is kept. */
export async function runComparison(
  plan: ComparisonPlan,
  targets: Targets,
  context: MeasureContext,
): Promise<ComparisonRun> {
  const startMs = performance.now()
  const unit: Unit = plan.isolation === 'shared' ? 'quad' : 'generation'
  const blocks: Block[] = []
  const state: MeasureState = {
    plan,
    targets,
    context,
    blocks,
    looks: makeLookPlan({ unit, plannedGenerations: 1 }),
    moment: 'end',
    remainingMs: () => plan.budgetMs - (performance.now() - startMs),
  }
  const end = await (unit === 'quad' ? measureQuads(state) : measureGenerations(state)).catch((error: unknown) => {
    if (context.signal.aborted) return { state: 'interrupted' } as const
    if (error instanceof ArmFailure || error instanceof FixtureFailure) {
      return { state: 'failed', message: error.message } as const
    }
    throw error
  })
  const judgement = judgeComparison({ plan, unit, blocks, looks: state.looks, moment: state.moment })
  return { plan, unit, end, elapsedMs: performance.now() - startMs, blocks, judgement }
}

interface MeasureState {
  readonly plan: ComparisonPlan
  readonly targets: Targets
  readonly context: MeasureContext
  readonly blocks: Block[]
  looks: LookPlan
  moment: Moment
  remainingMs(): number
}

/** Arms share one process; every round is a unit, judged at the planned looks. */
async function measureQuads(state: MeasureState): Promise<ComparisonEnd> {
  const { plan, looks, blocks } = state
  await using generation = await openGeneration(plan, await state.targets.open(plan.target), 0, state.context)
  const leastUnits = Math.min(LEAST_UNITS, plan.maxRounds)
  let verdicts: readonly Verdict[] = []
  for (let units = 0; ; ) {
    const enough = judgeEnough({
      plan: looks,
      units,
      verdicts,
      remainingMs: state.remainingMs(),
      unitMs: generation.estimateRoundMs(),
    })
    if (enough.state !== 'measure') {
      return units < leastUnits ? tooShort(state, (leastUnits - units) * generation.estimateRoundMs()) : enough
    }
    if (units === plan.maxRounds) return { state: 'last look taken' }
    await measureRound(state, generation, 0, units)
    units++
    state.moment = looks.looks.includes(units) ? 'look' : 'end'
    verdicts =
      state.moment === 'look'
        ? judgePrimary({ plan, unit: 'quad', blocks, looks, moment: 'look' }).map(({ verdict }) => verdict)
        : []
  }
}

/** Every arm has a process of its own; a generation of fresh processes is a unit, judged once all planned ones are there. */
async function measureGenerations(state: MeasureState): Promise<ComparisonEnd> {
  const { plan, context } = state
  const target = await state.targets.open(plan.target)
  let planned: ReturnType<typeof planGenerations>
  for (let index = 0; index < (planned?.generations ?? 1); index++) {
    const beforeMs = state.remainingMs()
    await using generation = await openGeneration(plan, target, index, context)
    const startMs = beforeMs - state.remainingMs()
    const roundMs = generation.estimateRoundMs()
    planned ??= planGenerations({ budgetMs: plan.budgetMs, startMs, roundMs, generations: plan.generations })
    if (planned === undefined) {
      const generations = plan.generations ?? planDefaults.generationsToLook
      return tooShort(state, generations * (startMs + roundMs) - startMs)
    }
    state.looks = makeLookPlan({ unit: 'generation', plannedGenerations: planned.generations })
    for (let round = 0; round < Math.min(planned.roundsPerGeneration, plan.maxRounds); round++) {
      if (round > 0 && state.remainingMs() < generation.estimateRoundMs()) break
      await measureRound(state, generation, index, round)
    }
    const isLast = index + 1 === planned.generations
    if (!isLast && state.remainingMs() < startMs + roundMs) return { state: 'budget ended' }
  }
  state.moment = 'look'
  return { state: 'last look taken' }
}

async function measureRound(state: MeasureState, generation: Generation, index: number, round: number): Promise<void> {
  const blocks = await generation.runRound(round)
  state.blocks.push(...blocks)
  state.context.onProgress?.({ kind: 'round', comparison: state.plan.id, generation: index, round, blocks })
}

function tooShort({ plan, remainingMs }: MeasureState, missingMs: number): ComparisonEnd {
  const neededMs = plan.budgetMs - remainingMs() + missingMs
  const seconds = Math.ceil((neededMs * 1.2) / 1_000)
  const message = `the budget of ${(plan.budgetMs / 1_000).toFixed(1)} s is too short for a first look (start, warm-up and the fewest rounds); try --budget ${seconds}s`
  return { state: 'too short', message }
}
