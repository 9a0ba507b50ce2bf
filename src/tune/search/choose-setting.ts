import { at } from '../../session/at.ts'
import { compareCost } from './setting.ts'
import { judgeSizes, recommendSize, type SizeRound, type SizeSearch, type Tried } from './size-search.ts'

/** Fewer rounds than this name nobody the best, not even likely. */
export const leastRounds = 2

/**
 * What was measured too little to be judged is left out, and stands in nobody's way; but what one round has shown to carry
 * less than that does not become the best for it.
 */
export function findBest(search: SizeSearch, rounds: readonly SizeRound[]): Tried | undefined {
  const seldom = judgeSizes(search, rounds).filter((one) => one.rounds < leastRounds)
  const idsThatAre = (state: 'unclear' | 'short') =>
    new Set(seldom.filter(({ standing }) => standing.state === state).map(({ setting }) => setting.id))
  const [unknown, short] = [idsThatAre('unclear'), idsThatAre('short')]
  const known = rounds.map((round) => round.filter(({ setting }) => !unknown.has(setting.id)))
  const judged = judgeSizes(search, known).filter(({ setting }) => !short.has(setting.id))
  return recommendSize(search, judged)
}

/**
 * When every size fails too often, although the smallest keeps to all else: whoever refuses more than so many per second does
 * so at any size of a closed loop, which goes as fast as it can. Then the smallest may be all that is needed, at a rate.
 */
export function findThrottled(search: SizeSearch, rounds: readonly SizeRound[]): Tried | undefined {
  const tried = judgeSizes(search, rounds)
  if (tried.length === 0 || tried.some(({ objective }) => objective.isMet)) return undefined
  const smallest = at(
    tried.toSorted((a, b) => compareCost(a.setting, b.setting)),
    0,
  )
  const isErrors = smallest.objective.broken.every(({ metric }) => metric.kind === 'errors')
  // The others may have left it nothing.
  return isErrors && rounds.flat().some(({ succeeded }) => succeeded > 0) ? smallest : undefined
}
