import type { TextOptions } from '../report/text.ts'
import type { Comparison } from '../statistics/comparison.ts'
import { formatCounted, formatSignedPercent } from '../words/format.ts'
import { type Column, renderRows } from '../words/rows.ts'
import { showDocument } from '../words/show-text.ts'
import { wrapText } from '../words/wrap-text.ts'
import type { ArmChange, CheckDocument } from './check-model.ts'
import { describeMeasured, type Gate, listGates, listOpenGates, placeOf } from './list-gates.ts'

/** A check as a log shows it: what was compared with what, a line per arm, the gates that did not hold, the verdict. */
export function renderCheck(document: CheckDocument, { width, paint }: TextOptions): string {
  const check = showDocument(document)
  const { changes, verdict, exitCode } = check
  const style = verdict === 'pass' ? 'green' : verdict === 'inconclusive' ? 'yellow' : 'red'
  const table = changes.length > 0 ? [renderRows(changes, columns, paint)] : []
  const conclusion = concludeCheck(check)
  const ending = [
    ...listCheckNotes(check).map((note) => paint('dim', note)),
    ...listOpenGates(check).map(describeGate),
    `${paint(style, verdict.toUpperCase())}, exit code ${exitCode}${conclusion === '' ? '' : `: ${conclusion}`}`,
    ...listOtherReasons(check).map((reason) => `  ${reason}`),
  ]
  const wrap = (line: string) => wrapText(line, width, '  ')
  return [wrap(describeRuns(check)), ...table, ...ending.map(wrap), ''].join('\n')
}

/** How many gates made the verdict; empty for one that they did not make. */
export function concludeCheck(check: CheckDocument): string {
  const judged = listGates(check).filter(({ state }) => state !== 'not judged')
  const count = (wanted: Gate['state']) => judged.filter(({ state }) => state === wanted).length
  const all = formatCounted(judged.length, 'gate')
  switch (check.verdict) {
    case 'pass':
      return `${all} held`
    case 'regression':
      return `${count('failed')} of ${all} failed`
    case 'inconclusive':
      return [
        ...(count('undecided') > 0 ? [`${count('undecided')} of ${all} undecided`] : []),
        ...(check.emptyPromises.length > 0
          ? [`${formatCounted(check.emptyPromises.length, 'promise')} that cannot be kept here`]
          : []),
      ].join(', ')
    case 'invalid':
      return ''
    default:
      return check.verdict satisfies never
  }
}

/** Reasons of the verdict that no gate has said already. */
export function listOtherReasons({ verdict, reasons, emptyPromises }: CheckDocument): readonly string[] {
  return verdict === 'invalid' ? reasons : emptyPromises
}

/** When the two runs were, and whether their CPU time may be compared. */
export function describeRuns({ fingerprint, earlierStartedAt, laterStartedAt }: CheckDocument): string {
  const machine = fingerprint.isSame
    ? 'same machine and versions of Node and sessionbench'
    : `another setting (${fingerprint.differences.join(', ')}): CPU time is shown, not gated`
  return `earlier run ${earlierStartedAt}, later run ${laterStartedAt}; ${machine}`
}

/** What a reader has to know beside the gates. */
export function listCheckNotes({ verdict, versions, missing, notes, changes }: CheckDocument): string[] {
  const whyNoCpu = new Set(changes.flatMap(({ cpuIsShownOnly }) => cpuIsShownOnly ?? []))
  const better = changes.flatMap(({ counters, ...place }) =>
    counters
      .filter(({ state }) => state === 'better')
      .map(({ counter, reason }) => `better: ${placeOf(place)}: ${counter} (${reason})`),
  )
  return [
    ...(versions.length > 0 ? [`code under test that differs: ${versions.join(', ')}`] : []),
    // Where it is undecided they are its gates.
    ...(verdict === 'invalid' ? missing.map((part) => `note: ${placeOf(part)}: ${part.reason}`) : []),
    ...notes.map((note) => `note: ${note}`),
    ...better,
    ...[...whyNoCpu].map((reason) => `CPU time is no gate: ${reason}`),
    ...(changes.length > 0
      ? ['The runs were not interleaved: times are shown, and never a gate. compare --base is one.']
      : []),
  ]
}

function describeGate(gate: Gate): string {
  const what = gate.kind === 'presence' ? placeOf(gate) : `${placeOf(gate)}: ${gate.name}`
  return `${gate.state}: ${what}, ${describeMeasured(gate)}`
}

const columns: readonly Column<ArmChange>[] = [
  { head: 'scenario', cell: ({ scenario }) => scenario },
  { head: 'target', cell: ({ comparison }) => comparison },
  { head: 'arm', cell: ({ arm }) => arm },
  { head: 'counters', cell: ({ counters }) => describeStates(counters) },
  {
    head: 'CPU/req',
    cell: ({ cpu, cpuIsShownOnly }) =>
      cpuIsShownOnly === undefined ? `${describeChange(cpu)} ${cpu.verdict}` : describeChange(cpu),
  },
  { head: 'req/s', cell: ({ times }) => describeTime(times, 'throughput') },
  { head: 'p50', cell: ({ times }) => describeTime(times, 'latency.p50') },
  { head: 'p90', cell: ({ times }) => describeTime(times, 'latency.p90') },
  { head: 'p99', cell: ({ times }) => describeTime(times, 'latency.p99') },
]

function describeStates(counters: ArmChange['counters']): string {
  const worse = counters.filter(({ state }) => state === 'worse').length
  if (worse > 0) return `${worse} worse`
  const better = counters.filter(({ state }) => state === 'better').length
  return better > 0 ? `${better} better` : counters.length === 0 ? 'none' : `${counters.length} same`
}

/** The change of a time, as far as it is known. */
export function describeTime(times: ArmChange['times'], name: string): string {
  const comparison = times.find(({ metric }) => metric.name === name)
  return comparison === undefined ? '–' : describeChange(comparison)
}

export function describeChange({ effectPercent }: Comparison): string {
  return effectPercent === undefined ? '–' : `${formatSignedPercent(effectPercent)} %`
}
