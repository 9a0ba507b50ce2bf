import { type EngineName, engineOf } from '../scenario/engines.ts'
import { formatCount, formatMs, formatNs, formatPerConnection, formatRate, formatWholeMs } from './format.ts'
import type { ArmResult, ComparisonResult } from './model.ts'
import { type Column, renderRows } from './rows.ts'
import { visibleLength, wrapText } from './wrap-text.ts'

/** Turns text bold, dim or coloured, or leaves it as it is: the caller knows whether there is a terminal. */
export type Paint = (style: 'bold' | 'dim' | 'green' | 'red' | 'yellow', text: string) => string

/** Leaves text as it is. */
export const plain: Paint = (_, text) => text

const armColumn: Column<ArmResult> = { head: 'arm', cell: ({ id }) => id }

const rateColumn: Column<ArmResult> = { head: 'req/s', cell: formatRequestRate }
const callColumn: Column<ArmResult> = {
  head: 'ops/s',
  cell: ({ throughputPerSecond }) => formatRate(throughputPerSecond),
}

function makeLatencyColumns(unit: string, format: (us: number) => string): Column<ArmResult>[] {
  const cell = (us: (latency: ArmResult['latency']) => number) => (arm: ArmResult) =>
    arm.latency.count === 0 ? '–' : format(us(arm.latency))
  return [
    { head: `p50 ${unit}`, cell: cell(({ p50Us }) => p50Us) },
    { head: `p90 ${unit}`, cell: cell(({ p90Us }) => p90Us) },
    { head: `p99 ${unit}`, cell: cell(({ p99Us }) => p99Us) },
    { head: `max ${unit}`, cell: cell(({ maxUs }) => maxUs) },
  ]
}

const connectionColumns: readonly Column<ArmResult>[] = [
  { head: 'conns\nopened', cell: ({ carriers }) => formatCount(carriers.connections) },
  {
    head: 'TLS full\n/resumed',
    cell: ({ carriers }) => `${formatCount(carriers.handshakesFull)}/${formatCount(carriers.handshakesResumed)}`,
  },
  { head: 'req/\nconn', cell: ({ wire, carriers }) => formatPerConnection(wire.requests, carriers.connections) },
]
const cpuColumn: Column<ArmResult> = { head: 'CPU µs\n/req', cell: formatCpu }

const errorColumn: Column<ArmResult> = { head: 'errors', cell: ({ failed }) => formatCount(failed) }

interface EngineColumns {
  readonly latency: readonly Column<ArmResult>[]
  readonly cost: readonly Column<ArmResult>[]
}

/** What an engine has to show: a raw arm's CPU time is its generator's, and a function sends nothing. */
const columnsOf: Readonly<Record<EngineName, EngineColumns>> = {
  client: { latency: [rateColumn, ...makeLatencyColumns('ms', formatMs)], cost: [...connectionColumns, cpuColumn] },
  raw: { latency: [rateColumn, ...makeLatencyColumns('ms', formatWholeMs)], cost: connectionColumns },
  micro: { latency: [callColumn, ...makeLatencyColumns('ns', formatNs)], cost: [] },
}

/** Every column of a comparison's engine, in the order of a page that is wide enough. */
export function columnsFor({ workload }: Pick<ComparisonResult, 'workload'>): readonly Column<ArmResult>[] {
  const { latency, cost } = columnsOf[engineOf(workload)]
  return [armColumn, ...latency, ...cost, errorColumn]
}

/**
 * The arms of a comparison as a table: throughput and latency first, then what they were paid with. Where all columns do
 * not fit the width, latency and cost become two tables.
 */
export function renderTable(comparison: ComparisonResult, width: number, paint: Paint): string {
  const { latency, cost } = columnsOf[engineOf(comparison.workload)]
  const one = renderColumns(comparison, columnsFor(comparison), paint, Number.POSITIVE_INFINITY)
  if (widthOf(one) <= width) return one
  return [[armColumn, ...latency, errorColumn], ...(cost.length > 0 ? [[armColumn, ...cost]] : [])]
    .map((columns) => renderWithin(comparison, columns, paint, width))
    .join('\n')
}

/** Long names of arms are what can be broken over lines. */
function renderWithin(
  comparison: ComparisonResult,
  columns: readonly Column<ArmResult>[],
  paint: Paint,
  width: number,
): string {
  const natural = renderColumns(comparison, columns, paint, Number.POSITIVE_INFINITY)
  const excess = widthOf(natural) - width
  if (excess <= 0) return natural
  const longest = Math.max(...comparison.arms.map((arm) => nameOf(arm, comparison).length))
  return renderColumns(comparison, columns, paint, Math.max(longest - excess, leastNameWidth))
}

const leastNameWidth = 8

function renderColumns(
  comparison: ComparisonResult,
  columns: readonly Column<ArmResult>[],
  paint: Paint,
  nameWidth: number,
): string {
  const named = { ...armColumn, cell: (arm: ArmResult) => wrapText(nameOf(arm, comparison), nameWidth) }
  return renderRows(comparison.arms, [named, ...columns.slice(1)], paint)
}

/** An arm's name; among more than two arms the baselines are marked. */
export function nameOf({ id }: ArmResult, { arms, baselineArm, contrasts }: ComparisonResult): string {
  const isBaseline = id === baselineArm || contrasts.some(({ baseline }) => baseline === id)
  return arms.length > 2 && isBaseline ? `${id} *` : id
}

/** In an open loop the pacer spins: its CPU time is not the client's. */
function formatCpu({ cpuUsPerRequest, openLoop }: ArmResult): string {
  return openLoop === undefined ? formatCount(Math.round(cpuUsPerRequest)) : '–'
}

/** Iterations per second times the requests that an iteration sends (redirects and resends count each). */
function formatRequestRate({ throughputPerSecond, wire, succeeded, failed }: ArmResult): string {
  const iterations = succeeded + failed
  return formatRate(iterations === 0 ? 0 : (throughputPerSecond * wire.requests) / iterations)
}

/** The longest line's length. */
export function widthOf(text: string): number {
  return Math.max(...text.split('\n').map(visibleLength))
}
