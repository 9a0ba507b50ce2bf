import { isSameTarget } from '../plan/target-key.ts'
import { at } from '../session/at.ts'
import { defined } from '../session/defined.ts'
import { makeUnique } from '../words/make-unique.ts'
import type { RecordedArm, RecordedComparison, RecordedScenario, RunRecord } from './baseline-model.ts'
import type { MissingPart } from './check-model.ts'
import { pairScenarios } from './pair-scenarios.ts'

/** One arm of one run, with what it was measured in. */
export interface ArmRecord {
  readonly comparison: RecordedComparison
  readonly arm: RecordedArm
}

/** The same arm in both runs. */
export interface ArmPair {
  /** As reports name it: told apart by a number where several have one name. */
  readonly scenario: string
  readonly noiseFloorPercent: number
  readonly earlier: ArmRecord
  readonly later: ArmRecord
}

interface PairedRecords {
  readonly pairs: readonly ArmPair[]
  readonly missing: MissingPart[]
  /** What is new in the later run. */
  readonly notes: string[]
}

const isMissing = 'not in the later run'
const isNew = 'not in the earlier run'

/** Finds every arm of the earlier run again in the later one: by scenario, target, variant and parameters, never by a title. */
export function pairRecords(earlier: RunRecord, later: RunRecord): PairedRecords {
  const { pairs, missing, added } = pairScenarios(earlier.scenarios, later.scenarios)
  // In the order of the later run, as every other report names them.
  const laterNames = later.scenarios.map(({ name }) => name)
  const missingNames = missing.map((index) => at(earlier.scenarios, index).name)
  const names = makeUnique([...laterNames, ...missingNames])
  const found = pairs.map((pair) =>
    pairArms(at(names, pair.later), {
      earlier: at(earlier.scenarios, pair.earlier),
      later: at(later.scenarios, pair.later),
    }),
  )
  const lost = names.slice(laterNames.length).map((scenario) => ({ scenario, reason: isMissing }))
  return {
    pairs: found.flatMap((each) => each.pairs),
    missing: [...found.flatMap((each) => each.missing), ...lost],
    notes: [...found.flatMap((each) => each.notes), ...added.map((index) => `${names[index]}: ${isNew}`)],
  }
}

interface SameScenario {
  readonly earlier: RecordedScenario
  readonly later: RecordedScenario
}

function pairArms(scenario: string, { earlier, later }: SameScenario): PairedRecords {
  const left = listArms(later)
  const noiseFloorPercent = earlier.noiseFloorPercent ?? 0
  const matched = listArms(earlier).map((arm) => ({ arm, match: take(left, (other) => isSameArm(arm, other)) }))
  const pairs = matched.flatMap(({ arm, match }): ArmPair[] =>
    match !== undefined && isSameLoad(arm, match) ? [{ scenario, noiseFloorPercent, earlier: arm, later: match }] : [],
  )
  const lost = matched.flatMap(({ arm, match }) => {
    if (match === undefined) return [{ ...arm, reason: explainMissing(arm, left) }]
    return isSameLoad(arm, match) ? [] : [{ ...arm, reason: 'measured with another workload, so nothing is compared' }]
  })
  const missing = [...Map.groupBy(lost, ({ reason }) => reason)].flatMap(([reason, arms]) =>
    foldArms(arms, earlier).map(([comparison, arm]): MissingPart => {
      return { scenario, comparison, ...defined({ arm }), reason }
    }),
  )
  const notes = foldArms(left, later).map((place) => `${[scenario, ...place].join(', ')}: ${isNew}`)
  return { pairs, missing, notes }
}

function listArms({ comparisons }: RecordedScenario): ArmRecord[] {
  return comparisons.flatMap((comparison) => comparison.arms.map((arm) => ({ comparison, arm })))
}

/** Takes the first that is meant out of the list, so that of two that are alike each is taken once. */
function take<Item>(items: Item[], isMeant: (item: Item) => boolean): Item | undefined {
  const index = items.findIndex(isMeant)
  return index === -1 ? undefined : items.splice(index, 1)[0]
}

function isSameArm(earlier: ArmRecord, later: ArmRecord): boolean {
  return armKey(earlier.arm) === armKey(later.arm) && isSameTarget(targetOf(earlier), targetOf(later))
}

function armKey({ variant, params, code }: RecordedArm): string {
  return JSON.stringify([variant, Object.entries(params).sort(), code?.role])
}

function targetOf({ comparison: { id, target } }: ArmRecord) {
  return { label: id, target }
}

function isSameLoad(earlier: ArmRecord, later: ArmRecord): boolean {
  const { processes = later.comparison.processes } = earlier.comparison
  if (processes !== later.comparison.processes) return false
  const [before, after] = [earlier, later].map(({ comparison }) => Object.entries(comparison.workload).sort())
  return JSON.stringify(before) === JSON.stringify(after)
}

/** A server of somebody's own that has moved looks like another one. */
function explainMissing({ comparison: { target } }: ArmRecord, left: readonly ArmRecord[]): string {
  const moved = left.find(({ comparison }) => comparison.target?.kind === 'external')?.comparison.target
  if (target?.kind !== 'external' || moved?.kind !== 'external') return isMissing
  return `${isMissing}, which was measured at ${moved.origin}: --target-name says that two addresses are one target`
}

/** A place in words; without an arm it is all of a comparison. */
type Place = readonly [comparison: string, arm?: string]

function foldArms(arms: readonly ArmRecord[], { comparisons }: RecordedScenario): Place[] {
  return comparisons.flatMap((comparison): Place[] => {
    const own = arms.filter((each) => each.comparison === comparison)
    if (own.length > 0 && own.length === comparison.arms.length) return [[comparison.id]]
    return own.map(({ arm }): Place => [comparison.id, arm.id])
  })
}
