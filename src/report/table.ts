import type { ArmResult, ComparisonResult } from '../document/model.ts'
import { Histogram } from '../sample/histogram.ts'
import type { StepResult } from '../sample/steps.ts'
import { type EngineName, engineOf, isOwnLoop } from '../scenario/engine-name.ts'
import { formatCount, formatMs, formatNs, formatPerConnection, formatRate, formatWholeMs } from '../words/format.ts'
import type { Paint } from '../words/paint.ts'
import { type Column, renderRows } from '../words/rows.ts'
import { visibleLength, wrapText } from '../words/wrap-text.ts'
import { makeBarColumn } from './bar.ts'
import { type StageRow, stageRowsOf } from './stage-rows.ts'

/** A column of arms, and of the stages and steps that are indented under them. */
interface ArmColumn extends Column<ArmResult> {
  /** Only shown where there is room for it. */
  readonly isExtra?: true
  /** @default nothing: what a step cost is not known apart */
  readonly stepCell?: (step: StepResult, arm: ArmResult) => string
}

const armColumn: ArmColumn = { head: 'arm', cell: ({ id }) => id }
const rateColumn: ArmColumn = { head: 'req/s', cell: formatRequestRate, stepCell: formatStepRate }
/** Goodput: for whoever needs several requests to get one thing done, or fails to, it is not the requests that count. */
const iterationColumn: ArmColumn = {
  head: 'iter/s',
  cell: ({ throughputPerSecond }) => formatRate(throughputPerSecond),
}
const callColumn: ArmColumn = {
  head: 'ops/s',
  cell: ({ throughputPerSecond }) => formatRate(throughputPerSecond),
}

function makeLatencyColumns(unit: string, format: (us: number) => string): ArmColumn[] {
  const formatOne = (latency: ArmResult['latency'], us: number) => (latency.count === 0 ? '–' : format(us))
  const column = (name: string, field: 'p50Us' | 'p90Us' | 'p99Us' | 'maxUs'): ArmColumn => ({
    head: `${name} ${unit}`,
    cell: ({ latency }) => formatOne(latency, latency[field]),
    stepCell: ({ service }) => formatOne(service, service[field]),
  })
  return [column('p50', 'p50Us'), column('p90', 'p90Us'), column('p99', 'p99Us'), column('max', 'maxUs')]
}

/** A percentile that documents have in their histograms only. */
function makeTailColumn(percent: number): ArmColumn {
  const format = ({ count, encoded }: ArmResult['latency']) =>
    count === 0 ? '–' : formatMs(Histogram.decode(encoded).percentileUs(percent))
  return {
    head: `p${percent} ms`,
    isExtra: true,
    cell: ({ latency }) => format(latency),
    stepCell: ({ service }) => format(service),
  }
}

/** A client's: those that every width has room for, and between them those that some have. */
function makeClientColumns(): ArmColumn[] {
  const [p50, p90, p99, max] = makeLatencyColumns('ms', formatMs) as [ArmColumn, ArmColumn, ArmColumn, ArmColumn]
  return [p50, p90, makeTailColumn(95), p99, makeTailColumn(99.9), max]
}

const connectionColumns: readonly ArmColumn[] = [
  { head: 'conns\nopened', cell: ({ carriers }) => formatCount(carriers.connections) },
  {
    head: 'TLS full\n/resumed',
    cell: ({ carriers }) => `${formatCount(carriers.handshakesFull)}/${formatCount(carriers.handshakesResumed)}`,
  },
  { head: 'req/\nconn', cell: ({ wire, carriers }) => formatPerConnection(wire.requests, carriers.connections) },
]
const requestsColumn: ArmColumn = {
  head: 'req/\niter',
  cell: (arm) => formatPerConnection(arm.loadRequests, arm.succeeded + arm.failed),
}
const cpuColumn: ArmColumn = { head: 'CPU µs\n/req', cell: formatCpu }

const errorColumn: ArmColumn = {
  head: 'errors',
  cell: ({ failed }) => formatCount(failed),
  stepCell: ({ failed }) => formatCount(failed),
}

interface EngineColumns {
  readonly latency: readonly ArmColumn[]
  readonly cost: readonly ArmColumn[]
}

/** What an engine has to show: of autocannon's CPU time a part is for what its gate leaves out, and a function sends nothing. */
const columnsOf: Readonly<Record<EngineName, EngineColumns>> = {
  client: { latency: [rateColumn, ...makeClientColumns()], cost: [...connectionColumns, cpuColumn] },
  raw: { latency: [rateColumn, ...makeClientColumns()], cost: [...connectionColumns, cpuColumn] },
  autocannon: { latency: [rateColumn, ...makeLatencyColumns('ms', formatWholeMs)], cost: connectionColumns },
  micro: { latency: [callColumn, ...makeLatencyColumns('ns', formatNs)], cost: [] },
}

/** The columns of a comparison's engine, and those that only say something where requests and iterations differ. */
function groupColumns({ workload, arms }: Pick<ComparisonResult, 'workload' | 'arms'>): EngineColumns {
  const { latency, cost } = columnsOf[engineOf(workload)]
  if (isOwnLoop(workload) && workload.model !== 'raw') return { latency, cost }
  const [rate, rest] = [latency.slice(0, 1), latency.slice(1)]
  const differs = (count: number, other: number) => Math.abs(count / other - 1) >= 0.005
  const isAmplified = arms.some(({ loadRequests, succeeded, failed }) => differs(loadRequests, succeeded + failed))
  const hasOtherGoodput = arms.some(({ loadRequests, succeeded }) => differs(loadRequests, succeeded))
  return {
    latency: [...rate, ...(hasOtherGoodput ? [iterationColumn] : []), ...rest],
    cost: isAmplified ? [requestsColumn, ...cost] : cost,
  }
}

/** Every column of a comparison, in the order of a page that is wide enough. */
function columnsFor(comparison: Pick<ComparisonResult, 'workload' | 'arms'>): readonly ArmColumn[] {
  const { latency, cost } = groupColumns(comparison)
  return [armColumn, ...latency, ...cost, errorColumn]
}

/**
 * The arms of a comparison as a table: throughput and latency first, then what they were paid with. Where all columns do
 * not fit the width, latency and cost become two tables. Bars are drawn where they fit beside the figures.
 */
export function renderTable(comparison: ComparisonResult, width: number, paint: Paint): string {
  const bars = makeBarColumn(comparison)
  const withBars = (columns: readonly ArmColumn[], render: Render) => {
    const table = render([...columns, ...bars])
    return widthOf(table) <= width ? table : render(columns)
  }
  const natural: Render = (columns) => renderColumns(comparison, columns, paint, Number.POSITIVE_INFINITY)
  /** With all columns where they fit, else with those that every width has. */
  const renderFitting = (columns: readonly ArmColumn[]) => {
    const all = withBars(columns, natural)
    return widthOf(all) <= width ? all : withBars(columns.filter(isUsual), natural)
  }
  const one = renderFitting(columnsFor(comparison))
  if (widthOf(one) <= width) return one
  const { latency, cost } = groupColumns(comparison)
  const first = renderFitting([armColumn, ...latency, errorColumn])
  const usual = [armColumn, ...latency, errorColumn].filter(isUsual)
  return [
    widthOf(first) <= width ? first : renderWithin(comparison, usual, paint, width),
    ...(cost.length > 0 ? [renderWithin(comparison, [armColumn, ...cost], paint, width)] : []),
  ].join('\n')
}

function isUsual({ isExtra }: ArmColumn): boolean {
  return isExtra === undefined
}

type Render = (columns: readonly ArmColumn[]) => string

/** Long names of arms are what can be broken over lines. */
function renderWithin(
  comparison: ComparisonResult,
  columns: readonly ArmColumn[],
  paint: Paint,
  width: number,
): string {
  const natural = renderColumns(comparison, columns, paint, Number.POSITIVE_INFINITY)
  const excess = widthOf(natural) - width
  if (excess <= 0) return natural
  const names = comparison.arms.flatMap((arm) => [
    nameOf(arm, comparison),
    ...partsOf(arm, comparison).map(indentedName),
  ])
  const longest = Math.max(...names.map(({ length }) => length))
  return renderColumns(comparison, columns, paint, Math.max(longest - excess, leastNameWidth))
}

const leastNameWidth = 8

function renderColumns(
  comparison: ComparisonResult,
  columns: readonly ArmColumn[],
  paint: Paint,
  nameWidth: number,
): string {
  const rows = comparison.arms.flatMap((arm): TableRow[] => [
    { arm },
    ...partsOf(arm, comparison).map((step) => ({ arm, step })),
  ])
  const named: Column<TableRow> = {
    ...armColumn,
    cell: ({ arm, step }) =>
      step === undefined
        ? wrapText(nameOf(arm, comparison), nameWidth)
        : stepIndent + wrapText(step.name, nameWidth - stepIndent.length, stepIndent),
  }
  const figures = columns.slice(1).map(
    ({ head, align, cell, stepCell }): Column<TableRow> => ({
      head,
      ...(align && { align }),
      cell: ({ arm, step }) => (step === undefined ? cell(arm) : (stepCell?.(step, arm) ?? '')),
    }),
  )
  return renderRows(rows, [named, ...figures], paint)
}

/** A row of a comparison's table for a format that lays it out itself: an arm, or a stage or step that belongs under it. */
export interface FigureRow {
  readonly name: string
  readonly isPart: boolean
  readonly cells: readonly string[]
}

/** The heads of all figures, and every arm with what stands under it. */
export function listFigures(comparison: ComparisonResult): { heads: readonly string[]; rows: readonly FigureRow[] } {
  const [, ...figures] = columnsFor(comparison)
  const rows = comparison.arms.flatMap((arm): FigureRow[] => [
    { name: nameOf(arm, comparison), isPart: false, cells: figures.map(({ cell }) => cell(arm)) },
    ...partsOf(arm, comparison).map((part) => ({
      ...{ name: part.name, isPart: true },
      cells: figures.map(({ stepCell }) => stepCell?.(part, arm) ?? ''),
    })),
  ])
  return { heads: ['arm', ...figures.map(({ head }) => head.replace('\n', ' '))], rows }
}

/** An arm, or one of its stages or steps. */
interface TableRow {
  readonly arm: ArmResult
  readonly step?: StepResult
}

const stepIndent = '  '

/** What stands under an arm: the stages of its load, then the steps of its iterations. */
function partsOf(arm: ArmResult, comparison: ComparisonResult): readonly StepResult[] {
  return [...stageRowsOf(arm, comparison), ...(arm.steps ?? [])]
}

function indentedName({ name }: StepResult): string {
  return stepIndent + name
}

/** An arm's name; among more than two arms the baselines are marked. */
function nameOf({ id }: ArmResult, { arms, baselineArm, contrasts }: ComparisonResult): string {
  const isBaseline = id === baselineArm || contrasts.some(({ baseline }) => baseline === id)
  return arms.length > 2 && isBaseline ? `${id} *` : id
}

/** In an open loop the pacer spins: its CPU time is not the client's. */
function formatCpu({ cpuUsPerRequest, openLoop }: ArmResult): string {
  return openLoop === undefined ? formatCount(Math.round(cpuUsPerRequest)) : '–'
}

/** Requests per second (redirects and resends count each): throughput counts successful iterations only. */
function formatRequestRate({ throughputPerSecond, loadRequests, succeeded }: ArmResult): string {
  return formatRate(succeeded === 0 ? 0 : (throughputPerSecond * loadRequests) / succeeded)
}

/** How often a step was run while the iterations had time; of a stage, as of an arm, the requests that were sent. */
function formatStepRate(step: StepResult | StageRow, arm: ArmResult): string {
  if ('sentPerSecond' in step) return formatRate((step.sentPerSecond * arm.loadRequests) / (arm.succeeded + arm.failed))
  const { succeeded, failed } = step
  return formatRate(arm.succeeded === 0 ? 0 : (arm.throughputPerSecond * (succeeded + failed)) / arm.succeeded)
}

/** The longest line's length. */
export function widthOf(text: string): number {
  return Math.max(...text.split('\n').map(visibleLength))
}
