import type { ComparisonEnd } from '../judge/endings.ts'
import { makeLookPlan } from '../statistics/looks.ts'
import { type ComparisonHappenings, type ComparisonState, schedule, tooShort } from './comparison-state.ts'
import { type Generation, openGeneration } from './generation.ts'
import { estimateLocalMs } from './measure-local.ts'
import { type GenerationPlan, planGenerations } from './plan-generations.ts'
import { measureLocally, measureRound } from './tell-round.ts'

/** Measures arms with a process of their own: a generation of fresh processes is a unit, judged when all are there. */
export async function* measureGenerations(state: ComparisonState): ComparisonHappenings<ComparisonEnd> {
  const { plan, context } = state
  const target = await state.targets.open(plan.target, plan.seed)
  let planned: GenerationPlan | undefined
  for (let index = 0; index < (planned?.generations ?? 1); index++) {
    const beforeMs = state.remainingMs()
    const generation = yield* openGeneration(plan, target, index, context, state)
    try {
      const startMs = beforeMs - state.remainingMs()
      const roundMs = generation.estimateRoundMs()
      const isFirst = planned === undefined
      planned ??= planGenerations({ plan, startMs, roundMs })
      if (planned === undefined) {
        // What little there was time for is shown, without a verdict.
        yield* measureRounds(state, generation, 1)
        return tooShort(plan, plan.generationsToLook * (startMs + roundMs))
      }
      const rounds = Math.min(planned.roundsPerGeneration, generation.maxRounds)
      const { looks } = makeLookPlan({ unit: 'generation', plannedGenerations: planned.generations })
      if (isFirst) yield* schedule(state, { ...planned, roundsPerGeneration: rounds, looks })
      yield* measureRounds(state, generation, rounds)
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

async function* measureRounds(state: ComparisonState, generation: Generation, rounds: number): ComparisonHappenings {
  const { plan, remainingMs } = state
  for (let round = 0; round < rounds; round++) {
    if (round > 0 && remainingMs() < generation.estimateRoundMs()) return
    yield* measureRound(state, generation, { round })
    if (round === 0 && remainingMs() > estimateLocalMs(plan)) yield* measureLocally(generation)
  }
}
