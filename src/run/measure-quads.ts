import { completeRounds } from '../judge/contrast-rounds.ts'
import type { ComparisonEnd } from '../judge/endings.ts'
import { excludeRounds } from '../judge/exclude-rounds.ts'
import { judgeAwaited } from '../judge/judge-awaited.ts'
import { stagesOf } from '../plan/rate-profile.ts'
import { areClear, judgeEnough } from '../statistics/enough.ts'
import { LEAST_UNITS } from '../statistics/units.ts'
import type { Verdict } from '../statistics/verdict.ts'
import { type ComparisonHappenings, type ComparisonState, schedule, tooShort } from './comparison-state.ts'
import { type Generation, openGeneration } from './generation.ts'
import { estimateLocalMs, localRounds } from './measure-local.ts'
import { measureLocally, measureRound } from './tell-round.ts'

/** Measures arms that share one process: every round is a unit, judged at the planned looks. */
export async function* measureQuads(state: ComparisonState): ComparisonHappenings<ComparisonEnd> {
  const { plan, context } = state
  const target = await state.targets.open(plan.target, plan.seed)
  const generation = yield* openGeneration(plan, target, 0, context, state)
  try {
    return yield* measureRounds(state, generation)
  } finally {
    await generation[Symbol.asyncDispose]()
  }
}

async function* measureRounds(state: ComparisonState, generation: Generation): ComparisonHappenings<ComparisonEnd> {
  const { plan, blocks } = state
  // One round of stages shows every stage.
  const isAlone = plan.arms.length === 1
  const { maxRounds } = generation
  const leastUnits = stagesOf(plan.workload) === undefined && !isAlone ? Math.min(LEAST_UNITS, maxRounds) : 1
  // Where nobody looks before the end, all of the false alarms are left to it.
  const looks = plan.isMeasuredToTheEnd ? [maxRounds] : state.looks.looks
  yield* schedule(state, { generations: 1, roundsPerGeneration: maxRounds, looks })
  let verdicts: readonly Verdict[] = []
  let units = 0
  for (let round = 0; ; round++) {
    const unitMs = generation.estimateRoundMs()
    const enough = judgeEnough({ plan: state.looks, units, verdicts, remainingMs: state.remainingMs(), unitMs })
    const isAtBound = round === maxRounds
    // Without one round there is nothing to show: an arm that is alone has it, even where its blocks are long.
    const isFirst = isAlone && round === 0
    if (enough.state !== 'measure' && !isFirst && !(isAtBound && enough.state === 'budget ended')) {
      const spentMs = plan.budgetMs - state.remainingMs()
      if (units >= leastUnits) return enough
      // What little there is time for is shown, without a verdict.
      if (round === 0) yield* measureRound(state, generation, { round, mostMs: state.remainingMs() })
      return tooShort(plan, spentMs + (leastUnits - units) * unitMs)
    }
    if (isAtBound) {
      // The bound was set beforehand: what no later look will need of the false alarms, this one may use.
      state.moment = 'end'
      return { state: 'bound reached' }
    }
    yield* measureRound(state, generation, { round })
    // The first look comes before what only explains it.
    const spareMs = state.remainingMs() - (leastUnits - round - 1) * generation.estimateRoundMs()
    if (round < localRounds && spareMs > estimateLocalMs(plan)) yield* measureLocally(generation)
    const { kept, excluded } = excludeRounds(blocks, plan)
    units = completeRounds(kept, plan).length
    state.moment = state.looks.looks.includes(units) ? 'look' : 'end'
    verdicts =
      state.moment === 'look' && !plan.isMeasuredToTheEnd
        ? judgeAwaited({ plan, unit: 'quad', blocks: kept, excluded, looks: state.looks, moment: 'look' })
        : []
    if (verdicts.length > 0) yield { kind: 'look', units, verdicts, isEnough: areClear(verdicts) }
  }
}
