import type { ComparisonEnd } from '../judge/endings.ts'
import { makeLookPlan } from '../statistics/looks.ts'
import { type ComparisonState, tooShort } from './comparison-state.ts'
import { type Generation, openGeneration } from './generation.ts'
import { estimateLocalMs } from './measure-local.ts'
import { type GenerationPlan, planGenerations } from './plan-generations.ts'

/** Measures arms with a process of their own: a generation of fresh processes is a unit, judged when all are there. */
export async function measureGenerations(state: ComparisonState): Promise<ComparisonEnd> {
  const { plan, context } = state
  const target = await state.targets.open(plan.target, plan.seed)
  let planned: GenerationPlan | undefined
  for (let index = 0; index < (planned?.generations ?? 1); index++) {
    const beforeMs = state.remainingMs()
    const generation = await openGeneration(plan, target, index, context, state)
    state.warmUps.push(...generation.warmUps)
    try {
      const startMs = beforeMs - state.remainingMs()
      const roundMs = generation.estimateRoundMs()
      planned ??= planGenerations({ plan, startMs, roundMs })
      if (planned === undefined) {
        // What little there was time for is shown, without a verdict.
        await measureRounds(state, generation, 1)
        return tooShort(plan, plan.generationsToLook * (startMs + roundMs))
      }
      state.looks = makeLookPlan({ unit: 'generation', plannedGenerations: planned.generations })
      await measureRounds(state, generation, planned.roundsPerGeneration)
      const isLast = index + 1 === planned.generations
      if (!isLast && state.remainingMs() < startMs + roundMs) return { state: 'budget ended' }
    } finally {
      await generation[Symbol.asyncDispose]()
    }
  }
  state.moment = 'look'
  if (plan.generations !== undefined) return { state: 'bound reached' }
  return { state: planned?.generations === plan.generationsToJudge ? 'last look taken' : 'budget ended' }
}

async function measureRounds(
  { plan, blocks, local, remainingMs }: ComparisonState,
  generation: Generation,
  rounds: number,
): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    if (round > 0 && remainingMs() < generation.estimateRoundMs()) return
    await generation.runRound(round, (block) => blocks.push(block))
    if (round === 0 && remainingMs() > estimateLocalMs(plan)) local.push(...(await generation.measureLocal()))
  }
}
