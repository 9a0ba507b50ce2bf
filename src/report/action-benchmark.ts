import type { Results } from '../document/model.ts'
import type { Block } from '../sample/block.ts'
import { throughputPerSecond, timedOf } from '../sample/block-core.ts'
import type { Comparison } from '../statistics/comparison.ts'
import { formatCounted, formatFigure } from '../words/format.ts'
import { showLine } from '../words/show-text.ts'
import { type ListedArm, listArms, tellScenariosApart } from './list-arms.ts'

/** One point of a chart, as github-action-benchmark reads it. */
interface Entry {
  readonly name: string
  readonly unit: string
  readonly value: number
  readonly range?: string
  readonly extra?: string
}

/** What one of its two tools charts: figures of blocks, and ratios to the baseline in metrics that are better that way. */
interface Chart {
  readonly better: Comparison['metric']['better']
  readonly figures: readonly {
    readonly name: string
    readonly unit: string
    readonly ofArm: (listed: ListedArm) => number
    readonly ofBlock: (block: Block) => number
  }[]
}

const smaller: Chart = {
  better: 'lower',
  figures: [
    { name: 'p50', unit: 'µs', ofArm: ({ arm }) => arm.latency.p50Us, ofBlock: (block) => block.p50Us },
    { name: 'p99', unit: 'µs', ofArm: ({ arm }) => arm.latency.p99Us, ofBlock: (block) => block.p99Us },
  ],
}

const bigger: Chart = {
  better: 'higher',
  figures: [
    {
      name: 'throughput',
      unit: 'iterations/s',
      ofArm: ({ arm }) => arm.throughputPerSecond,
      ofBlock: throughputPerSecond,
    },
  ],
}

/** For github-action-benchmark's tool `customSmallerIsBetter`. */
export function renderSmallerIsBetter(results: Results): string {
  return renderChart(results, smaller)
}

/** For github-action-benchmark's tool `customBiggerIsBetter`. */
export function renderBiggerIsBetter(results: Results): string {
  return renderChart(results, bigger)
}

/** What is invalid, or has no figure, is left out: a chart has no place to say so. */
function renderChart(results: Results, chart: Chart): string {
  const arms = listArms(tellScenariosApart(results)).filter(
    ({ comparison, arm }) => comparison.validity !== 'invalid' && arm.latency.count > 0,
  )
  const entries = arms.flatMap((listed) => [...makeFigures(listed, chart), ...makeRatios(listed, chart)])
  return `${JSON.stringify(entries, undefined, 2)}\n`
}

function makeFigures(listed: ListedArm, { figures }: Chart): Entry[] {
  const { comparison, arm } = listed
  const blocks = comparison.blocks.filter((block) => block.arm === arm.id && timedOf(block) > 0)
  return figures.map(({ name, unit, ofArm, ofBlock }) => {
    const spread = blocks.map(ofBlock)
    return {
      name: nameEntry(listed, name),
      unit,
      value: ofArm(listed),
      range: `${formatFigure(Math.min(...spread))}–${formatFigure(Math.max(...spread))}`,
      extra: `${formatCounted(arm.succeeded, 'iteration')}, ${formatCounted(arm.failed, 'failure')}; the range is that of ${formatCounted(blocks.length, 'block')}; ${comparison.validity}`,
    }
  })
}

function makeRatios(listed: ListedArm, { better }: Chart): Entry[] {
  const { comparison, contrast } = listed
  return (contrast?.metrics ?? []).flatMap(({ metric, ratio, interval, verdict, units, unit }) => {
    if (metric.better !== better || ratio === undefined || verdict === 'invalid') return []
    return {
      name: nameEntry(listed, `${metric.name} ÷ ${contrast?.baseline}`),
      unit: 'ratio',
      value: ratio,
      ...(interval && { range: `${formatFigure(interval.low)}–${formatFigure(interval.high)}` }),
      extra: `${verdict}, ${formatCounted(units, unit)}; ${comparison.validity}`,
    }
  })
}

function nameEntry({ scenario, comparison, arm }: ListedArm, metric: string): string {
  return showLine(`${scenario.name}, ${comparison.id}: ${arm.id} ${metric}`)
}
