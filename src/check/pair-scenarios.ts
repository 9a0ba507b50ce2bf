import type { RecordedScenario } from './baseline-model.ts'

/** The places of one scenario in the two runs. */
interface ScenarioPair {
  readonly earlier: number
  readonly later: number
}

interface PairedScenarios {
  /** In the order of the later run. */
  readonly pairs: readonly ScenarioPair[]
  /** Places of what is in the earlier run only, and in the later one only. */
  readonly missing: readonly number[]
  readonly added: readonly number[]
}

/**
 * Finds every scenario again. A name is that of a file, and two folders may have one each: of scenarios with one name those
 * belong together whose paths have most in common at their ends (a run in CI has another folder), else in their order.
 */
export function pairScenarios(
  earlier: readonly RecordedScenario[],
  later: readonly RecordedScenario[],
): PairedScenarios {
  const candidates = earlier.flatMap((one, index) =>
    later.flatMap((other, otherIndex) => {
      if (one.name !== other.name) return []
      const distance = Math.abs(rankOf(earlier, index) - rankOf(later, otherIndex))
      return [{ earlier: index, later: otherIndex, likeness: countCommonEnd(one, other), distance }]
    }),
  )
  const best = candidates.toSorted((a, b) => b.likeness - a.likeness || a.distance - b.distance)
  const taken = { earlier: new Set<number>(), later: new Set<number>() }
  const pairs = best.filter((pair) => {
    if (taken.earlier.has(pair.earlier) || taken.later.has(pair.later)) return false
    taken.earlier.add(pair.earlier)
    taken.later.add(pair.later)
    return true
  })
  return {
    pairs: pairs.toSorted((a, b) => a.later - b.later),
    missing: [...earlier.keys()].filter((index) => !taken.earlier.has(index)),
    added: [...later.keys()].filter((index) => !taken.later.has(index)),
  }
}

/** How many of the same name come before it. */
function rankOf(scenarios: readonly RecordedScenario[], index: number): number {
  return scenarios.slice(0, index).filter(({ name }) => name === scenarios[index]?.name).length
}

function countCommonEnd(one: RecordedScenario, other: RecordedScenario): number {
  const [a, b] = [segmentsOf(one).toReversed(), segmentsOf(other).toReversed()]
  const first = a.findIndex((segment, index) => segment !== b[index])
  return first === -1 ? a.length : first
}

/** Without the extension: the same scenario is a `.ts` in a repository and a `.js` in a package. */
function segmentsOf({ path, url }: RecordedScenario): string[] {
  const place = path ?? url
  return place === undefined ? [] : place.replace(/\.[cm]?[jt]s$/, '').split('/')
}
