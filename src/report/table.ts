import Table from 'cli-table3'
import { formatCount, formatMs, formatPerConnection, formatRate } from './format.ts'
import type { ArmResult, ComparisonResult } from './model.ts'
import { visibleLength } from './wrap-text.ts'

/** Turns text bold, dim or coloured, or leaves it as it is: the caller knows whether there is a terminal. */
export type Paint = (style: 'bold' | 'dim' | 'green' | 'red' | 'yellow', text: string) => string

/** Leaves text as it is. */
export const plain: Paint = (_, text) => text

interface Column {
  readonly head: string
  readonly cell: (arm: ArmResult) => string
}

const armColumn: Column = { head: 'arm', cell: ({ id }) => id }

const latencyColumns: readonly Column[] = [
  { head: 'req/s', cell: ({ throughputPerSecond }) => formatRate(throughputPerSecond) },
  { head: 'p50 ms', cell: ({ service }) => formatLatency(service.count, service.p50Us) },
  { head: 'p90 ms', cell: ({ service }) => formatLatency(service.count, service.p90Us) },
  { head: 'p99 ms', cell: ({ service }) => formatLatency(service.count, service.p99Us) },
  { head: 'max ms', cell: ({ service }) => formatLatency(service.count, service.maxUs) },
]

const costColumns: readonly Column[] = [
  { head: 'conns\nopened', cell: ({ carriers }) => formatCount(carriers.connections) },
  {
    head: 'TLS full\n/resumed',
    cell: ({ carriers }) => `${formatCount(carriers.handshakesFull)}/${formatCount(carriers.handshakesResumed)}`,
  },
  { head: 'req/\nconn', cell: ({ wire, carriers }) => formatPerConnection(wire.requests, carriers.connections) },
  { head: 'CPU µs\n/req', cell: ({ cpuUsPerRequest }) => formatCount(Math.round(cpuUsPerRequest)) },
]

const errorColumn: Column = { head: 'errors', cell: ({ failed }) => formatCount(failed) }

/**
 * The arms of a comparison as a table: throughput and latency first, then what they were paid with. Where all columns do
 * not fit the width, latency and cost become two tables.
 */
export function renderTable(comparison: ComparisonResult, width: number, paint: Paint): string {
  const all = [armColumn, ...latencyColumns, ...costColumns, errorColumn]
  const one = renderColumns(comparison, all, paint)
  if (widthOf(one) <= width) return one
  return [
    renderColumns(comparison, [armColumn, ...latencyColumns, errorColumn], paint),
    renderColumns(comparison, [armColumn, ...costColumns], paint),
  ].join('\n')
}

function renderColumns({ arms, baselineArm }: ComparisonResult, columns: readonly Column[], paint: Paint): string {
  const table = new Table({
    head: columns.map(({ head }) =>
      head
        .split('\n')
        .map((line) => paint('dim', line))
        .join('\n'),
    ),
    colAligns: columns.map((_, index) => (index === 0 ? 'left' : 'right')),
    chars: borders,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })
  const isMarked = arms.length > 2
  for (const arm of arms) {
    const [name, ...cells] = columns.map(({ cell }) => cell(arm))
    table.push([isMarked && arm.id === baselineArm ? `${name} *` : (name as string), ...cells])
  }
  return table.toString().replaceAll(/ +$/gm, '')
}

const borders = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
  ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
  ...{ left: '', 'left-mid': '', right: '', 'right-mid': '' },
  ...{ mid: '', 'mid-mid': '', middle: '  ' },
}

function formatLatency(count: number, us: number): string {
  return count === 0 ? '–' : formatMs(us)
}

function widthOf(text: string): number {
  return Math.max(...text.split('\n').map(visibleLength))
}
