import { at } from '../session/at.ts'
import type { Comparison } from './comparison.ts'
import { holmLevels } from './holm.ts'

/** One hypothesis of a family, whatever test it is judged by. */
interface FamilyMember {
  /** The level that it would be judged at alone. */
  readonly alpha: number
  judgeAt(alpha: number): Comparison
}

/**
 * Judges a family of hypotheses, Holm's procedure sharing alpha among those that can be judged: each interval is made at its
 * own member's level. What is invalid, with no p-value, takes no share. Members at different looks share the least alpha.
 */
export function shareAlpha(family: readonly FamilyMember[]): Comparison[] {
  const alone = family.map(({ alpha, judgeAt }) => judgeAt(alpha))
  const judged = alone.flatMap(({ pValue }, index) => (pValue === undefined ? [] : [{ pValue, index }]))
  const levels = holmLevels(
    judged.map(({ pValue }) => pValue),
    Math.min(...family.map(({ alpha }) => alpha)),
  )
  const levelOf = new Map(judged.map(({ index }, i) => [index, at(levels, i)]))
  return family.map(({ alpha, judgeAt }, index) => {
    const level = levelOf.get(index) ?? alpha
    return level === alpha ? at(alone, index) : judgeAt(level)
  })
}
