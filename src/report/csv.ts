import type { ArmResult, ComparisonResult, Results } from '../document/model.ts'
import type { Block } from '../sample/block.ts'
import { throughputPerSecond, timedOf } from '../sample/block-core.ts'
import { wireCountNames } from '../sample/wire-counts.ts'
import { listFailures } from './failure-words.ts'
import { type ListedArm, listArms } from './list-arms.ts'

type Cell = string | number | boolean | undefined
type Columns<Row> = readonly (readonly [name: string, cell: (row: Row) => Cell])[]

/**
 * RFC 4180, a row per arm and comparison. Column names say the unit; figures are not rounded; an empty cell is no value.
 * A name that a spreadsheet would take for a formula is left as it is: programs read this, and must find names again.
 */
export function renderCsv(results: Results): string {
  return renderRows(listArms(results), armColumns)
}

/** RFC 4180, a row per block: what the statistics were made from. */
export function renderBlocksCsv({ scenarios }: Results): string {
  const rows = scenarios.flatMap(({ name, comparisons }) =>
    comparisons.flatMap(({ id, blocks }) => blocks.map((block) => ({ scenario: name, comparison: id, block }))),
  )
  return renderRows(rows, blockColumns)
}

function renderRows<Row>(rows: readonly Row[], columns: Columns<Row>): string {
  const lines = [columns.map(([name]) => name), ...rows.map((row) => columns.map(([, cell]) => cell(row)))]
  return lines.map((cells) => `${cells.map(renderCell).join(',')}\r\n`).join('')
}

function renderCell(cell: Cell): string {
  const text = String(cell ?? '')
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const armColumns: Columns<ListedArm> = [
  ['scenario', ({ scenario }) => scenario.name],
  ['comparison', ({ comparison }) => comparison.id],
  ['validity', ({ comparison }) => comparison.validity],
  ['protocol', ({ comparison }) => comparison.target.protocol ?? undefined],
  ['rtt_ms', ({ comparison }) => comparison.target.rttMs],
  ['workload', ({ comparison }) => comparison.workload.model],
  ['concurrency', ({ comparison: { workload } }) => (workload.model === 'closed' ? workload.concurrency : undefined)],
  [
    'arrivals_per_second',
    ({ comparison: { workload } }) => (workload.model === 'open' ? workload.arrivalRate : undefined),
  ],
  ['arm', ({ arm }) => arm.id],
  ['variant', ({ arm }) => arm.variant],
  ['params', ({ arm }) => (Object.keys(arm.params).length > 0 ? JSON.stringify(arm.params) : undefined)],
  ['is_baseline', ({ arm, comparison }) => arm.id === comparison.baselineArm],
  ['blocks', ({ arm }) => arm.blocks],
  ['succeeded', ({ arm }) => arm.succeeded],
  ['failed', ({ arm }) => arm.failed],
  ['failures', ({ arm }) => (arm.failures.length > 0 ? listFailures(arm.failures) : undefined)],
  ['iterations_per_second', ({ arm }) => arm.throughputPerSecond],
  ['latency_kind', ({ comparison }) => (comparison.workload.model === 'open' ? 'response' : 'service')],
  ['latency_mean_us', ({ arm }) => latency(arm, 'meanUs')],
  ['latency_p50_us', ({ arm }) => latency(arm, 'p50Us')],
  ['latency_p90_us', ({ arm }) => latency(arm, 'p90Us')],
  ['latency_p99_us', ({ arm }) => latency(arm, 'p99Us')],
  ['latency_max_us', ({ arm }) => latency(arm, 'maxUs')],
  ['dispatch_delay_p99_us', ({ arm }) => arm.openLoop?.dispatchDelay.p99Us],
  ['arrivals_intended', ({ arm }) => arm.openLoop?.intended],
  ['arrivals_dropped', ({ arm }) => arm.openLoop?.dropped],
  ['requests', ({ arm }) => arm.wire.requests],
  ['connections', ({ arm }) => arm.carriers.connections],
  ['handshakes_full', ({ arm }) => arm.carriers.handshakesFull],
  ['handshakes_resumed', ({ arm }) => arm.carriers.handshakesResumed],
  ['bytes_sent', ({ arm }) => arm.wire.bytesSent],
  ['bytes_received', ({ arm }) => arm.wire.bytesReceived],
  // In an open loop the pacer spins: its CPU time is not the client's.
  ['cpu_us_per_request', ({ arm }) => (arm.openLoop === undefined ? arm.cpuUsPerRequest : undefined)],
  ['event_loop_utilization', ({ arm }) => arm.eventLoopUtilization],
  ['primary_metric', ({ comparison }) => comparison.primaryMetric],
  ['baseline', ({ contrast }) => contrast?.baseline],
  ['ratio', ({ contrast }) => contrast?.primary.ratio],
  ['ratio_low', ({ contrast }) => contrast?.primary.interval?.low],
  ['ratio_high', ({ contrast }) => contrast?.primary.interval?.high],
  ['confidence', ({ contrast }) => contrast?.primary.interval?.confidence],
  ['p_value', ({ contrast }) => contrast?.primary.pValue],
  ['unit', ({ comparison }) => comparison.unit],
  ['units', ({ contrast }) => contrast?.primary.units],
  ['verdict', ({ contrast }) => contrast?.primary.verdict],
]

/** Without values there is no percentile; the document has 0 there. */
function latency({ latency }: ArmResult, name: 'meanUs' | 'p50Us' | 'p90Us' | 'p99Us' | 'maxUs'): Cell {
  return latency.count === 0 ? undefined : latency[name]
}

interface ListedBlock {
  readonly scenario: string
  readonly comparison: ComparisonResult['id']
  readonly block: Block
}

const blockColumns: Columns<ListedBlock> = [
  ['scenario', ({ scenario }) => scenario],
  ['comparison', ({ comparison }) => comparison],
  ['arm', ({ block }) => block.arm],
  ['generation', ({ block }) => block.generation],
  ['round', ({ block }) => block.round],
  ['position', ({ block }) => block.position],
  ['started_at', ({ block }) => block.startedAt],
  ['elapsed_ms', ({ block }) => block.elapsedMs],
  ['work_ms', ({ block }) => block.workMs],
  ['succeeded', ({ block }) => block.succeeded],
  ['failed', ({ block }) => block.failed],
  ['failures', ({ block }) => (block.failures.length > 0 ? listFailures(block.failures) : undefined)],
  ['iterations_per_second', ({ block }) => throughputPerSecond(block)],
  ['latency_p50_us', ({ block }) => (timedOf(block) > 0 ? block.p50Us : undefined)],
  ['latency_p90_us', ({ block }) => (timedOf(block) > 0 ? block.p90Us : undefined)],
  ['latency_p99_us', ({ block }) => (timedOf(block) > 0 ? block.p99Us : undefined)],
  ...wireCountNames.map((name) => [toSnakeCase(name), ({ block }: ListedBlock) => block.wire[name]] as const),
  ['new_connections', ({ block }) => block.newCarriers.connections],
  ['cpu_user_us', ({ block }) => block.cpuUserUs],
  ['cpu_system_us', ({ block }) => block.cpuSystemUs],
  ['event_loop_utilization', ({ block }) => block.eventLoopUtilization],
  ['gc_ms', ({ block }) => block.gcMs],
  ['speed_control_before_ms', ({ block }) => block.speedControlMs[0]],
  ['speed_control_after_ms', ({ block }) => block.speedControlMs[1]],
  ['ledger_disagreements', ({ block }) => block.disagreements?.length],
]

function toSnakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
