import type { ArmChangeResult, CheckDocument } from './check-model.ts'
import { formatCounted, formatFigure, formatSignedPercent } from './format.ts'
import type { MetricComparison } from './model.ts'
import { type Column, renderRows } from './rows.ts'
import type { TextOptions } from './text.ts'
import { wrapText } from './wrap-text.ts'

/** A check as a log shows it: what was compared with what, a line per arm, what is not the same, the verdict. */
export function renderCheck(check: CheckDocument, { width, paint }: TextOptions): string {
  const { fingerprint, versions, changes, notes, verdict, reasons, exitCode } = check
  const machine = fingerprint.isSame
    ? 'same machine and versions of Node and sessionbench'
    : `another setting (${fingerprint.differences.join(', ')}): CPU time is shown, not gated`
  const style = verdict === 'pass' ? 'green' : verdict === 'inconclusive' ? 'yellow' : 'red'
  const lines = [
    `earlier run ${check.earlierStartedAt}, later run ${check.laterStartedAt}; ${machine}`,
    ...(versions.length > 0 ? [`code under test that differs: ${versions.join(', ')}`] : []),
    ...notes.map((note) => paint('yellow', `note: ${note}`)),
  ]
  const details = [
    ...changes.flatMap(describeCounters),
    ...new Set(
      changes.flatMap(({ cpuIsShownOnly }) =>
        cpuIsShownOnly === undefined ? [] : [`CPU time is no gate: ${cpuIsShownOnly}`],
      ),
    ),
    ...(changes.length > 0
      ? ['The runs were not interleaved: times are shown, and never a gate. compare --base is one.']
      : []),
  ]
  const table = changes.length > 0 ? [renderRows(changes, columns, paint)] : []
  const ending = [
    `${paint(style, verdict.toUpperCase())}, exit code ${exitCode}`,
    ...reasons.map((reason) => `  ${reason}`),
  ]
  return [...lines.map(wrap(width)), ...table, ...[...details, ...ending].map(wrap(width)), ''].join('\n')
}

function wrap(width: number): (line: string) => string {
  return (line) => wrapText(line, width, '  ')
}

const columns: readonly Column<ArmChangeResult>[] = [
  { head: 'scenario', cell: ({ scenario }) => scenario },
  { head: 'target', cell: ({ comparison }) => comparison },
  { head: 'arm', cell: ({ arm }) => arm },
  { head: 'counters', cell: ({ counters }) => describeStates(counters) },
  { head: 'CPU/req', cell: ({ cpu, cpuIsShownOnly }) => describeChange(cpu, cpuIsShownOnly === undefined) },
  { head: 'req/s', cell: ({ times }) => describeTime(times, 'throughput') },
  { head: 'p50', cell: ({ times }) => describeTime(times, 'latency.p50') },
  { head: 'p90', cell: ({ times }) => describeTime(times, 'latency.p90') },
]

function describeStates(counters: ArmChangeResult['counters']): string {
  const worse = counters.filter(({ state }) => state === 'worse').length
  if (worse > 0) return `${worse} worse`
  const better = counters.filter(({ state }) => state === 'better').length
  return better > 0 ? `${better} better` : counters.length === 0 ? 'none' : `${counters.length} same`
}

function describeTime(times: ArmChangeResult['times'], name: string): string {
  const comparison = times.find(({ metric }) => metric.name === name)
  return comparison === undefined ? '–' : describeChange(comparison, false)
}

function describeChange({ effectPercent, verdict }: MetricComparison, isGate: boolean): string {
  if (effectPercent === undefined) return '–'
  return `${formatSignedPercent(effectPercent)} %${isGate ? ` ${verdict}` : ''}`
}

function describeCounters({ scenario, comparison, arm, counters }: ArmChangeResult): string[] {
  return counters
    .filter(({ state }) => state !== 'same')
    .map(({ counter, state, expected, actual, reason, form }) => {
      const figures =
        form === 'pool' ? formatCounted(actual, 'connection') : `${formatFigure(expected)} → ${formatFigure(actual)}`
      return `${state}: ${scenario}, ${comparison}, ${arm}: ${counter} ${figures} (${reason})`
    })
}
