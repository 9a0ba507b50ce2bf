import { completeRounds } from '../judge/contrast-rounds.ts'
import { excludeRounds } from '../judge/exclude-rounds.ts'
import { shorten } from '../sample/shorten.ts'
import type { Calibration } from './calibration-model.ts'
import type { ComparisonResult, Results, ScenarioResult } from './model.ts'

/** What results and baselines keep of a comparison. */
interface Recorded {
  readonly id: string
  readonly target?: object | undefined
  readonly arms: readonly { readonly id: string }[]
  readonly blocks: readonly { readonly arm: string }[]
}

/** Of a name that a file says, which may be anything. */
const mostShown = 80

/**
 * Where one part of a results document cannot be true beside another: an arm that is not there, a count that is not that of its
 * blocks, the same comparison twice. One line each, with its path.
 */
export function findContradictions({ scenarios }: Results): string[] {
  return under('scenarios', scenarios, (scenario) => [
    ...findRecorded(scenario.comparisons),
    ...under('comparisons', scenario.comparisons, (comparison) => [
      ...findStrangers(comparison),
      ...findMiscounts(comparison),
    ]),
    ...findStrangeRows(scenario),
  ])
}

/** The same of a baseline. */
export function findBaselineContradictions({
  scenarios,
}: {
  readonly scenarios: readonly { readonly comparisons: readonly Recorded[] }[]
}): string[] {
  return under('scenarios', scenarios, ({ comparisons }) => findRecorded(comparisons))
}

/** A calibration that says one thing twice. */
export function findCalibrationContradictions({ noise }: Calibration): string[] {
  return [
    ...findRepeats('noise', noise, ({ elapsedMs: _, ...floor }) => JSON.stringify(floor)),
    ...under('noise', noise, ({ metrics }) => findRepeats('metrics', metrics, ({ metric }) => metric)),
  ]
}

/** What results and baselines have in common. */
function findRecorded(comparisons: readonly Recorded[]): string[] {
  return [
    ...findRepeats('comparisons', comparisons, ({ id, target, arms }) =>
      JSON.stringify([id, target, arms.map((arm) => arm.id)]),
    ),
    ...under('comparisons', comparisons, ({ arms, blocks }) => [
      ...(arms.length === 0 ? ['arms: expected at least one arm, got none'] : []),
      ...findRepeats('arms', arms, ({ id }) => id),
      ...under('blocks', blocks, ({ arm }) => findStranger('arm', arm, arms)),
    ]),
  ]
}

/** Names of arms that the comparison does not have. */
function findStrangers(comparison: ComparisonResult): string[] {
  const { arms, contrasts, thresholds, expectations, warmUps = [], local = [] } = comparison
  const own = ({ arm }: { readonly arm: string }) => findStranger('arm', arm, arms)
  const both = (pair: { readonly arm: string; readonly baseline: string }) => [
    ...own(pair),
    ...findStranger('baseline', pair.baseline, arms),
  ]
  return [
    ...findStranger('baselineArm', comparison.baselineArm, arms),
    ...findRepeats('contrasts', contrasts, ({ arm }) => arm),
    ...under('contrasts', contrasts, (contrast) => [
      ...both(contrast),
      ...(contrast.arm === contrast.baseline ? [`baseline: expected another arm than ${quote(contrast.arm)}`] : []),
    ]),
    ...under('thresholds', thresholds, own),
    ...under('expectations', expectations, both),
    ...under('warmUps', warmUps, own),
    ...under('local', local, own),
  ]
}

/** Counts that are not those of the blocks. What a rule of the scenario left out counts for no figure. */
function findMiscounts({ arms, blocks, rounds, judging, ledger }: ComparisonResult): string[] {
  const { kept } = excludeRounds(blocks, judging)
  const complete = completeRounds(kept, { arms }).length
  const checked = ledger?.blocksChecked ?? 0
  return [
    ...under('arms', arms, ({ id, blocks: said }) => {
      const counted = kept.filter(({ arm }) => arm === id).length
      return said === counted ? [] : [`blocks: expected ${counted}, as many as there are, got ${said}`]
    }),
    ...(rounds === complete ? [] : [`rounds: expected ${complete}, as many as are complete, got ${rounds}`]),
    ...(checked > blocks.length
      ? [`ledger.blocksChecked: expected at most the ${blocks.length} that there are, got ${checked}`]
      : []),
    ...(ledger !== null && ledger.blocksAgreeing > checked
      ? [`ledger.blocksAgreeing: expected at most the ${checked} that were checked, got ${ledger.blocksAgreeing}`]
      : []),
  ]
}

function findStrangeRows({ roundTripModel, comparisons }: ScenarioResult): string[] {
  return under('roundTripModel', roundTripModel, ({ comparison: id, arm, ratio }) => {
    const [comparison] = comparisons.filter((each) => each.id === id)
    if (comparison === undefined) return findStranger('comparison', id, comparisons)
    return [
      ...findStranger('arm', arm, comparison.arms),
      ...(ratio === null ? [] : findStranger('ratio.baseline', ratio.baseline, comparison.arms)),
    ]
  })
}

function findStranger(field: string, name: string, known: readonly { readonly id: string }[]): string[] {
  if (known.some(({ id }) => id === name)) return []
  const names = known.map(({ id }) => quote(id)).join(', ')
  return [`${field}: expected one of ${shorten(names, 3 * mostShown)}, got ${quote(name)}`]
}

function findRepeats<Item>(name: string, items: readonly Item[], keyOf: (item: Item) => string): string[] {
  const places = new Map<string, number>()
  return items.flatMap((item, index) => {
    const key = keyOf(item)
    const first = places.get(key)
    if (first === undefined) places.set(key, index)
    return first === undefined ? [] : [`${name}.${index}: expected another one, got ${name}.${first} again`]
  })
}

function under<Item>(name: string, items: readonly Item[], find: (item: Item) => readonly string[]): string[] {
  return items.flatMap((item, index) => find(item).map((problem) => `${name}.${index}.${problem}`))
}

function quote(text: string): string {
  return `'${shorten(text, mostShown)}'`
}
