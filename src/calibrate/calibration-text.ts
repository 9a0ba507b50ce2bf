import type { Calibration, Machine, MetricNoise, NoiseFloor } from '../document/calibration-model.ts'
import type { TextOptions } from '../report/text.ts'
import { formatDuration, formatFigure, formatRate, formatSignedPercent } from '../words/format.ts'
import { type Column, renderRows } from '../words/rows.ts'
import { showDocument } from '../words/show-text.ts'
import { wrapText } from '../words/wrap-text.ts'

/** A calibration as a terminal shows it: the machine, then a table of noise for every A/A run. */
export function renderCalibration(
  document: Calibration,
  { width, paint, out }: TextOptions & { readonly out: string },
): string {
  const { machine, noise, environment, partial, elapsedMs } = showDocument(document)
  const { cpuModel, cpuCount, node, harness } = environment
  const wrap = (line: string) => wrapText(line, width, '  ')
  const blocks = [
    wrap(paint('bold', `${cpuModel}, ${cpuCount} CPUs, Node ${node}, sessionbench ${harness}`)),
    ...(machine === null ? [] : [renderMachine(machine, paint, wrap)]),
    ...noise.map((floor) => renderFloor(floor, paint, wrap)),
    ...(noise.some(({ metrics }) => metrics.length > 0) ? [wrap(legend(noise))] : []),
    wrap(`${partial ? 'interrupted; what was measured' : `measured in ${formatDuration(elapsedMs)}`}, kept in ${out}`),
  ]
  return `${blocks.join('\n\n')}\n`
}

type Wrap = (line: string) => string

function renderMachine(machine: Machine, paint: TextOptions['paint'], wrap: Wrap): string {
  return [
    ...describeClock(machine.clock),
    ...describeSelfError(machine.selfError),
    ...describeRecorder(machine.recorder),
    ...describeOpenLoop(machine.openLoop),
    ...machine.problems.map((problem) => paint('red', `not measured: ${problem}`)),
  ]
    .map(wrap)
    .join('\n')
}

function describeClock(clock: Machine['clock']): string[] {
  if (clock === null) return []
  const { resolutionNs, readNs, sleepLateUs, spinLateUs, turnUs } = clock
  const late = ({ p50, p99 }: { p50: number; p99: number }) => `${formatFigure(p50)} / ${formatFigure(p99)}`
  return [
    `clock: steps of ${formatFigure(resolutionNs)} ns, read in ${formatFigure(readNs)} ns`,
    `timers, late by p50 / p99 µs: sleep of 1 ms ${late(sleepLateUs.after1Ms)}, of 10 ms ${late(sleepLateUs.after10Ms)}, the open loop's pacer ${late(spinLateUs)}; a turn of the event loop takes ${late(turnUs)}`,
  ]
}

function describeSelfError(selfError: Machine['selfError']): string[] {
  if (selfError === null) return []
  const rows = selfError.rows.map(
    ({ percent, reportedUs, loggedUs }) =>
      `p${percent} ${formatFigure(reportedUs)} of ${formatFigure(loggedUs)} (${formatSignedPercent((reportedUs / loggedUs - 1) * 100)} %)`,
  )
  return [`work of known latency, reported of true, µs: ${rows.join(', ')}`]
}

function describeRecorder(recorder: Machine['recorder']): string[] {
  if (recorder === null) return []
  const { bareCpuUsPerRequest, layers, recorder: all } = recorder
  const added = ({ addedUs, interval }: typeof all) => {
    const range = interval === undefined ? '' : ` (${formatFigure(interval.low)} to ${formatFigure(interval.high)})`
    return `${formatFigure(addedUs)}${range}`
  }
  return [
    `recorder, CPU µs per request: the client alone takes ${formatFigure(bareCpuUsPerRequest)}; every run adds ${added(all)}`,
    `  of it, ${layers.map((layer) => `${layerNames[layer.layer] ?? layer.layer} ${added(layer)}`).join(', ')}`,
  ]
}

const layerNames: Readonly<Record<string, string>> = {
  loop: 'loop and clock',
  histograms: 'histograms',
  probe: 'counts from the wire',
  phases: 'with --phases also',
}

function describeOpenLoop(openLoop: Machine['openLoop']): string[] {
  if (openLoop === null) return []
  const { heldPerSecond, failedPerSecond } = openLoop
  if (heldPerSecond === null) return [`open loop: not even ${formatRate(failedPerSecond ?? 0)}/s was kept`]
  const beyond = failedPerSecond === null ? '' : `; ${formatRate(failedPerSecond)}/s was not`
  return [`open loop: ${formatRate(heldPerSecond)}/s was kept with one process (p99 sent less than 1 ms late)${beyond}`]
}

const noiseColumns: readonly Column<MetricNoise>[] = [
  { head: 'metric', cell: ({ metric }) => metric },
  { head: 'seen\n%', cell: ({ seenPercent }) => formatSignedPercent(seenPercent) },
  {
    head: 'noise %\np50 / p95',
    cell: ({ noisePercent: { median, p95 } }) => `${formatFigure(median)} / ${formatFigure(p95)}`,
  },
  { head: 'margin\n%', cell: ({ marginPercent }) => formatFigure(marginPercent) },
  {
    head: 'smallest\nchange %',
    cell: ({ smallestChangePercent: smallest }) => (smallest === null ? 'none' : formatFigure(smallest)),
  },
  ...[3, 5, 10].map((changePercent) => ({
    head: `to catch\n${changePercent} %`,
    cell: ({ costs }: MetricNoise) => renderCost(costs.find((cost) => cost.changePercent === changePercent)),
  })),
]

function renderCost(cost: MetricNoise['costs'][number] | undefined): string {
  if (cost === undefined || cost.budgetMs === null) return 'never'
  return `${formatDuration(cost.budgetMs)}${cost.isWithinMargin ? '*' : ''}`
}

function renderFloor(floor: NoiseFloor, paint: TextOptions['paint'], wrap: Wrap): string {
  const { scenario, comparison, variant, isolation, unit, metrics, validity, reasons, elapsedMs } = floor
  const units = metrics[0]?.units
  const amount = units === undefined ? '' : `, ${units} ${unit}s in ${formatDuration(elapsedMs)}`
  const place = isolation === 'shared' ? 'one process' : 'processes of their own'
  const style = validity === 'valid' ? 'green' : validity === 'suspect' ? 'yellow' : 'red'
  return [
    wrap(paint('bold', `${scenario}, ${comparison}: ${variant} against itself in ${place}${amount}`)),
    ...(metrics.length > 0 ? [renderRows(metrics, noiseColumns, paint)] : []),
    ...reasons.map((reason) => wrap(paint(style, `${validity}: ${reason}`))),
  ].join('\n')
}

function legend(noise: readonly NoiseFloor[]): string {
  const power = formatFigure((noise[0]?.power ?? 0) * 100)
  return (
    `smallest change: called slower in ${power} % of runs of this length. To catch: the budget that takes. * the change is within ` +
    "the margin: told from no change then, but not called slower. never: not with the most that is measured. seen: this run's own difference."
  )
}
