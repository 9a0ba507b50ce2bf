import { asHalves } from './find-enough.ts'
import { fitLevels } from './fit-levels.ts'
import { type Gain, gainBetween, gainConfidence } from './judge-gain.ts'
import type { ObjectiveTerm } from './objective.ts'
import { judgeSizes, type SizeRound, type SizeSearch, type Tried } from './size-search.ts'

/** What the rounds say of sizes above the chosen one. */
interface LargerSizes {
  /** The next larger that was tried; undefined when the chosen one is the largest. */
  readonly next: LargerSize | undefined
  /** Of those that ought to carry clearly more, if size were the limit: the one that carries most. */
  readonly most: LargerSize | undefined
}

export interface LargerSize {
  readonly id: string
  readonly size: number
  /** Over the chosen size; undefined when too little was measured. */
  readonly gain: Gain | undefined
  /** Conditions of the objective that it misses. */
  readonly broken: readonly ObjectiveTerm[]
}

/** A size that is so many times another one ought to carry more, if size were what limits it. */
const clearlyLarger = 1.5

/** Compares the chosen size with the larger ones on its line. */
export function findLarger(search: SizeSearch, rounds: readonly SizeRound[], chosen: string): LargerSizes {
  const tried = judgeSizes(search, rounds)
  const own = tried.find(({ setting }) => setting.id === chosen)
  if (own === undefined) return { next: undefined, most: undefined }
  const values = tried.map(({ setting }) =>
    asHalves(
      rounds.map((round) => {
        const result = round.find((one) => one.setting.id === setting.id)
        return result?.perSecond.map((value) => Math.log(Math.max(value, leastPerSecond)))
      }),
    ),
  )
  const fit = fitLevels(values)
  const counts = values.map((row) => row.filter((value) => value !== undefined).length)
  const read = (one: Tried, chosenOf = 1): LargerSize => ({
    ...{ id: one.setting.id, size: one.setting.size, broken: one.objective.broken },
    gain: gainBetween(fit, counts, [tried.indexOf(own), tried.indexOf(one)], 1 - (1 - gainConfidence) / chosenOf),
  })
  const larger = tried.filter(({ setting }) => setting.line === own.setting.line && setting.size > own.setting.size)
  const clearly = larger.filter(({ setting }) => setting.size >= clearlyLarger * own.setting.size)
  const [next] = larger
  const [most] = clearly.toSorted((a, b) => b.standing.level - a.standing.level)
  // The best of several is the one that was lucky: each of them gets its share of what may be wrong (Bonferroni).
  return { next: next && read(next), most: most && read(most, clearly.length) }
}

const leastPerSecond = 1e-3
