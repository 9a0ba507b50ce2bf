import { escapeName, escapeSentence, fitDocument, limitLines, renderRow } from '../report/markdown-parts.ts'
import { formatCounted } from '../words/format.ts'
import type { ArmChange, CheckDocument } from './check-model.ts'
import {
  concludeCheck,
  describeChange,
  describeRuns,
  describeTime,
  listCheckNotes,
  listOtherReasons,
} from './check-text.ts'
import { type Gate, listGates, listOpenGates, placeOf } from './list-gates.ts'

/** With the lines around them these make fourteen before the details: what a comment shows at once. */
const mostReasons = 2
const mostRows = 4

const weight: readonly Gate['state'][] = ['failed', 'invalid', 'undecided', 'not judged', 'held']

/** A check as GitHub's Markdown, fit for a comment on a pull request: the conclusion, the gates that did not hold, the rest folded. */
export function renderCheckMarkdown(check: CheckDocument): string {
  const gates = listGates(check)
  const reasons = listOtherReasons(check)
  const head = [
    `### sessionbench: ${renderHeadline(check)}`,
    '',
    ...limitLines(reasons, mostReasons, 'reason').map((reason) => `- ${reason}`),
    ...(reasons.length > 0 ? [''] : []),
    ...renderOpenGates(listOpenGates(check)),
    escapeSentence(describeRuns(check)),
    '',
    `<details><summary>All ${formatCounted(gates.length, 'gate')}, and times, which are none</summary>`,
    '',
  ]
  const sections = [
    ...renderReasons(reasons),
    renderNotes(check),
    ...renderTimes(check.changes),
    ...renderAllGates(gates),
  ]
  return fitDocument({ head, sections, tail: ['</details>', ''] })
}

function renderHeadline(check: CheckDocument): string {
  const conclusion = concludeCheck(check)
  const verdict = check.verdict === 'invalid' ? 'INVALID' : check.verdict
  return [verdict, conclusion].filter((part) => part !== '').join(', ')
}

function renderOpenGates(gates: readonly Gate[]): string[] {
  if (gates.length === 0) return []
  const sorted = gates.toSorted((a, b) => weight.indexOf(a.state) - weight.indexOf(b.state))
  const shown = sorted.length <= mostRows ? sorted : sorted.slice(0, mostRows - 1)
  const rest = sorted.length - shown.length
  const more = rest === 0 ? [] : [renderRow(['…', formatCounted(rest, 'more gate'), '', '', 'in the details'])]
  return [
    renderRow(['', 'gate', 'allowed', 'measured', 'why']),
    '|---|---|--:|--:|---|',
    ...shown.map((gate) => renderGate(gate, `${placeOf(gate)}: ${gate.name}`)),
    ...more,
    '',
  ]
}

function renderGate({ state, allowed, measured, reason }: Gate, name: string): string {
  return renderRow([`**${state}**`, escapeName(name), allowed, measured, escapeSentence(reason)])
}

/** All of them, where only the first stand above. */
function renderReasons(reasons: readonly string[]): string[][] {
  return reasons.length <= mostReasons ? [] : [[...reasons.map((reason) => `- ${escapeSentence(reason)}`), '']]
}

function renderNotes(check: CheckDocument): string[] {
  const notes = listCheckNotes(check).map((note) => `- ${escapeSentence(note)}`)
  return notes.length > 0 ? [...notes, ''] : []
}

function renderTimes(changes: readonly ArmChange[]): string[][] {
  if (changes.length === 0) return []
  const rows = changes.map(({ times, cpu, ...place }) =>
    renderRow([
      escapeName(placeOf(place)),
      describeChange(cpu),
      ...['throughput', 'latency.p50', 'latency.p90', 'latency.p99'].map((name) => describeTime(times, name)),
    ]),
  )
  return [[renderRow(['arm', 'CPU/req', 'req/s', 'p50', 'p90', 'p99']), '|---|--:|--:|--:|--:|--:|', ...rows, '']]
}

/** A section per arm, so that a comment that holds no more is cut between two. */
function renderAllGates(gates: readonly Gate[]): string[][] {
  return [...Map.groupBy(gates, placeOf)].map(([place, own]) => [
    `#### ${escapeName(place)}`,
    '',
    renderRow(['', 'gate', 'allowed', 'measured', 'why']),
    '|---|---|--:|--:|---|',
    ...own.map((gate) => renderGate(gate, gate.name)),
    '',
  ])
}
