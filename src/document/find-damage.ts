import type { MeasuredBlock } from '../sample/block.ts'
import { Histogram, type HistogramUnit, histogramUnits } from '../sample/histogram.ts'
import type { Comparison } from '../statistics/comparison.ts'
import type { ArmResult, ComparisonResult, Results } from './model.ts'

/** Throws for the text of a histogram that must not be decoded. */
type CheckEncoded = (encoded: string, unit?: HistogramUnit) => void

/** Where in a document, and the text that ought to be a histogram. */
type Found = readonly [path: string, encoded: string]

/**
 * What a document says that cannot be, though each field is what its schema says: a histogram that is none, a verdict without
 * what it rests on, stages that nobody planned. One line each, with its path: `scenarios.0.comparisons.1.blocks.3.service: …`.
 */
export function findDamage({ scenarios }: Results, check: CheckEncoded): string[] {
  return scenarios.flatMap(({ comparisons }, scenario) =>
    comparisons.flatMap((comparison, index) => {
      const place = `scenarios.${scenario}.comparisons.${index}`
      return [...findInComparison(comparison), ...findHistograms(comparison, check)].map(
        (problem) => `${place}.${problem}`,
      )
    }),
  )
}

/** The histograms of a block that are none. */
export function findDamagedBlock(block: MeasuredBlock, check: CheckEncoded): string[] {
  return tryAll('block', inBlock(block), { unit: block.histogramUnit, check })
}

/** As much of a baseline as is looked at. */
interface WithArms {
  readonly scenarios: readonly {
    readonly comparisons: readonly { readonly arms: readonly Pick<ArmResult, 'latency'>[] }[]
  }[]
}

/** The histograms of a baseline, one for each arm, that are none. It does not say their unit. */
export function findDamagedArms({ scenarios }: WithArms, check: CheckEncoded): string[] {
  return scenarios.flatMap(({ comparisons }, scenario) =>
    comparisons.flatMap(({ arms }, comparison) =>
      arms.flatMap(({ latency: { encoded } }, arm) => {
        const problems = histogramUnits.map((unit) => tryHistogram(encoded, unit, check))
        if (problems.includes(undefined)) return []
        return [`scenarios.${scenario}.comparisons.${comparison}.arms.${arm}.latency.encoded: ${problems[0]}`]
      }),
    ),
  )
}

function findInComparison({ workload, arms, contrasts }: ComparisonResult): string[] {
  const planned = workload.model === 'open' ? (workload.stages ?? []) : []
  const misfits = arms.flatMap(({ stages = [] }, index) =>
    stages.length === 0 || stages.length === planned.length
      ? []
      : [`arms.${index}.stages: expected the ${planned.length} stages of the workload, got ${stages.length}`],
  )
  const bare = contrasts.flatMap(({ primary, metrics }, index) =>
    [['primary', primary] as const, ...metrics.map((metric, at) => [`metrics.${at}`, metric] as const)].flatMap(
      ([name, comparison]) =>
        isBare(comparison) ? [`contrasts.${index}.${name}: a verdict without its interval`] : [],
    ),
  )
  return [...misfits, ...bare]
}

/** Only what is undecided, or not to be read, has no ratio and interval. */
function isBare({ verdict, ratio, interval }: Comparison): boolean {
  const isDecided = verdict === 'faster' || verdict === 'slower' || verdict === 'same'
  return isDecided && (ratio === undefined || interval === undefined)
}

function findHistograms({ arms, blocks }: ComparisonResult, check: CheckEncoded): string[] {
  return [
    ...arms.flatMap((arm, index) => tryAll(`arms.${index}`, inArm(arm), { unit: arm.histogramUnit, check })),
    ...blocks.flatMap((block, index) =>
      tryAll(`blocks.${index}`, inBlock(block), { unit: block.histogramUnit, check }),
    ),
  ]
}

function tryAll(
  place: string,
  found: readonly Found[],
  { unit, check }: { readonly unit: HistogramUnit | undefined; readonly check: CheckEncoded },
): string[] {
  return found.flatMap(([path, encoded]) => {
    const problem = tryHistogram(encoded, unit, check)
    return problem === undefined ? [] : [`${place}.${path}: ${problem}`]
  })
}

/** What is wrong with the text of a histogram; undefined when it is one. */
function tryHistogram(encoded: string, unit: HistogramUnit | undefined, check: CheckEncoded): string | undefined {
  try {
    check(encoded, unit)
    Histogram.decode(encoded, unit).release()
    return undefined
  } catch (error) {
    return `expected an HdrHistogram, V2 compressed, base64 (${error instanceof Error ? error.message : error})`
  }
}

/** As a block has them. */
function inBlock({ service, failedService, steps = [], openLoop, stages = [], phases }: MeasuredBlock): Found[] {
  return [
    ['service', service],
    ['failedService', failedService],
    ...steps.map((step, index): Found => [`steps.${index}.service`, step.service]),
    ...(openLoop === undefined ? [] : nameAll('openLoop', openLoop, ['response', 'dispatchDelay'])),
    ...stages.flatMap((stage, index) => nameAll(`stages.${index}`, stage, ['response', 'service', 'dispatchDelay'])),
    ...Object.entries(phases?.histograms ?? {}).map(([name, text]): Found => [`phases.histograms.${name}`, text]),
  ]
}

/** As the figures of an arm have them. */
function inArm({ latency, service, failedService, steps = [], openLoop, stages = [], phases }: ArmResult): Found[] {
  const summaries = [
    ['latency', latency],
    ['service', service],
    ['failedService', failedService],
    ...steps.map((step, index) => [`steps.${index}.service`, step.service] as const),
    ...(openLoop === undefined ? [] : [['openLoop.dispatchDelay', openLoop.dispatchDelay] as const]),
    ...stages.flatMap((stage, index) =>
      (['response', 'service', 'dispatchDelay'] as const).map(
        (name) => [`stages.${index}.${name}`, stage[name]] as const,
      ),
    ),
    ...Object.entries(phases?.histograms ?? {}).map(
      ([name, summary]) => [`phases.histograms.${name}`, summary] as const,
    ),
  ] as const
  return summaries.map(([path, { encoded }]): Found => [`${path}.encoded`, encoded])
}

function nameAll<Name extends string>(
  place: string,
  holder: Readonly<Record<Name, string>>,
  names: readonly Name[],
): Found[] {
  return names.map((name) => [`${place}.${name}`, holder[name]])
}
