import type { ArmResult, ComparisonResult, Results } from '../document/model.ts'
import { Histogram } from '../sample/histogram.ts'
import { at } from '../session/at.ts'
import { sumOf } from '../statistics/sum-of.ts'
import { formatCount, formatDuration, formatMs, formatRate, formatShare } from '../words/format.ts'
import { type Column, renderRows } from '../words/rows.ts'
import { showDocument } from '../words/show-text.ts'
import { wrapText } from '../words/wrap-text.ts'
import { drawBar } from './bar.ts'
import { renderLegends, renderNotes, type TextOptions } from './text.ts'

interface UrlTextOptions extends TextOptions {
  readonly method: string
  readonly url: URL
  readonly client: 'raw' | 'session'
  readonly connections: number
}

/** One URL as who asked for it reads it: each figure in a line, the arms beside each other, and how latencies are spread. */
export function renderUrlText(document: Results, options: UrlTextOptions): string {
  const results = showDocument(document)
  const { paint, width, method, url, client, connections } = options
  const scenario = at(results.scenarios, 0)
  const comparison = at(scenario.comparisons, 0)
  const { workload, processes } = comparison
  const load =
    workload.model === 'open'
      ? `${formatRate(workload.arrivalRate)}/s ${workload.arrivals}, kept: over ${formatCount(connections)} connections`
      : `${formatCount(connections)} at a time`
  const by = client === 'raw' ? 'bare sockets' : 'Session'
  const where = processes === 1 ? 'one process' : `${formatCount(processes)} processes`
  const doubt = 'insecure' in comparison.target && comparison.target.insecure ? ', CERTIFICATE NOT VERIFIED' : ''
  const title = `${paint('bold', `${method} ${url.href}${doubt}`)}\n${load}, by ${by}, ${where}, both arms in turn (unit: ${comparison.unit})`
  const isEmpty = comparison.blocks.length === 0
  const figures = isEmpty ? [] : [renderFigures(comparison, options), '', renderSpread(comparison, options), '']
  const notes = renderNotes(comparison, paint).map((note) => wrapText(note, width, '  '))
  const legends = renderLegends(scenario).map((line) => wrapText(line, width))
  const partial = results.partial ? 'PARTIAL (interrupted). ' : ''
  const ending = `${partial}Seed ${results.seed}. Took ${formatDuration(results.elapsedMs)}.`
  return [title, '', ...figures, ...notes, '', ...legends, '', ending, ''].join('\n')
}

interface FigureLine {
  readonly name: string
  readonly cell: (arm: ArmResult) => string
}

function renderFigures({ arms, workload }: ComparisonResult, { paint }: TextOptions): string {
  const percentile = (percent: number): FigureLine => ({
    name: `p${percent} ms`,
    cell: ({ latency }) => msOrNone(latency, (histogram) => histogram.percentileUs(percent)),
  })
  const lines: readonly FigureLine[] = [
    { name: 'requests/s', cell: ({ throughputPerSecond }) => formatRate(throughputPerSecond) },
    { name: 'mean ms', cell: ({ latency }) => msOrNone(latency, (histogram) => histogram.meanUs) },
    ...[50, 75, 90, 95, 99, 99.9].map(percentile),
    { name: 'max ms', cell: ({ latency }) => msOrNone(latency, (histogram) => histogram.maxUs) },
    { name: 'requests', cell: ({ wire }) => formatCount(wire.requests) },
    { name: 'connections', cell: ({ carriers }) => formatCount(carriers.connections) },
    {
      name: 'TLS full/resumed',
      cell: ({ carriers }) => `${formatCount(carriers.handshakesFull)}/${formatCount(carriers.handshakesResumed)}`,
    },
    // An open loop's pacer spins.
    ...(workload.model === 'open'
      ? []
      : [{ name: 'CPU µs/request', cell: (arm: ArmResult) => formatCount(Math.round(arm.cpuUsPerRequest)) }]),
    { name: 'bytes sent', cell: ({ wire }) => formatCount(wire.bytesSent) },
    { name: 'bytes received', cell: ({ wire }) => formatCount(wire.bytesReceived) },
    ...statusLines(arms),
    { name: 'errors', cell: ({ failed }) => formatCount(failed) },
  ]
  const columns = arms.map((arm): Column<FigureLine> => ({ head: arm.id, cell: ({ cell }) => cell(arm) }))
  return renderRows(lines, [{ head: '', cell: ({ name }) => name }, ...columns], paint)
}

function statusLines(arms: readonly ArmResult[]): FigureLine[] {
  const seen = [...new Set(arms.flatMap(({ statuses = {} }) => Object.keys(statuses)))].toSorted()
  return seen.map((status) => ({
    name: `status ${status}`,
    cell: ({ statuses = {} }) => formatCount(statuses[status] ?? 0),
  }))
}

function msOrNone({ count, encoded }: ArmResult['latency'], read: (histogram: Histogram) => number): string {
  return count === 0 ? '–' : formatMs(read(Histogram.decode(encoded)))
}

/** Rows of a spread: fewer say too little, more do not fit. */
const mostRows = 12

/** How many requests took how long: equal steps of the logarithm, bars as long as the share of the arm's requests. */
function renderSpread({ arms }: ComparisonResult, { paint }: TextOptions): string {
  const all = arms.map(({ latency }) => Histogram.decode(latency.encoded))
  const told = all.filter(({ count }) => count > 0)
  if (told.length === 0) return ''
  const low = Math.min(...told.map((one) => one.percentileUs(0.1)))
  const high = Math.max(...told.map((one) => one.percentileUs(99.9)))
  const steps = Math.max(1, Math.min(mostRows, Math.ceil(Math.log2(high / low) * 2)))
  const edges = Array.from({ length: steps + 1 }, (_, step) => low * (high / low) ** (step / steps))
  const shares = all.map((one) => sharesOf(one, edges))
  const longest = Math.max(...shares.flat())
  const nameOf = (row: number) => {
    if (row === 0) return `up to ${formatMs(at(edges, 1))}`
    if (row === steps - 1) return `from ${formatMs(at(edges, row))}`
    return `${formatMs(at(edges, row))}–${formatMs(at(edges, row + 1))}`
  }
  const rows = edges.slice(1).map((_, row) => ({ row, name: nameOf(row) }))
  const columns = arms.map(({ id }, arm): Column<(typeof rows)[number]> => {
    const shareOf = (row: number) => at(at(shares, arm), row)
    return {
      ...{ head: id, align: 'left' },
      cell: ({ row }) => (shareOf(row) === 0 ? '' : `${drawBar(shareOf(row) / longest)} ${formatShare(shareOf(row))}`),
    }
  })
  return renderRows(rows, [{ head: 'ms', cell: ({ name }) => name }, ...columns], paint)
}

/** What is below the first edge belongs to the first step, and what is above the last to the last. */
function sharesOf(histogram: Histogram, edges: readonly number[]): number[] {
  const counts = edges.slice(1).map(() => 0)
  for (const [us, count] of histogram.countedValues()) {
    const step = edges.findLastIndex((edge) => us >= edge)
    const place = Math.min(Math.max(step, 0), counts.length - 1)
    counts[place] = at(counts, place) + count
  }
  const total = Math.max(1, sumOf(counts))
  return counts.map((count) => count / total)
}
