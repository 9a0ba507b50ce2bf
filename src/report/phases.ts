import type { ArmResult, ComparisonResult } from '../document/model.ts'
import type { ExemplarRequest } from '../sample/exemplars.ts'
import { type Breakdown, type PhaseName, phaseNames } from '../sample/phases.ts'
import { formatMs, formatShare } from '../words/format.ts'
import type { Paint } from '../words/paint.ts'
import { type Column, renderRows } from '../words/rows.ts'
import { wrapText } from '../words/wrap-text.ts'
import { widthOf } from './table.ts'

const heads: Readonly<Record<PhaseName, string>> = {
  dispatch: 'late',
  wait: 'wait',
  dns: 'DNS',
  connect: 'connect',
  tlsFull: 'TLS\nfull',
  tlsResumed: 'TLS\nresumed',
  firstByte: 'first\nbyte',
  body: 'body',
}

type Traced = ArmResult & { readonly phases: NonNullable<ArmResult['phases']> }

interface Layout {
  readonly width: number
  readonly paint: Paint
}

interface PhaseRow {
  readonly percentile: 'p50' | 'p99'
  readonly id: string
  readonly breakdown: Breakdown
}

/** Where the time of the iterations around p50 and p99 went, arm beside arm. */
interface PhaseTable {
  readonly head: string
  readonly rows: readonly PhaseRow[]
  readonly figures: readonly Column<PhaseRow>[]
}

/** The table for any format; undefined when nobody asked for phases. */
export function makePhaseTable({ arms }: ComparisonResult): PhaseTable | undefined {
  const traced = arms.filter((arm): arm is Traced => arm.phases !== undefined)
  if (traced.length === 0) return undefined
  const rows = (['p50', 'p99'] as const).flatMap((percentile) =>
    traced.map(({ id, phases }) => ({ percentile, id, breakdown: phases[percentile] })),
  )
  const shown = phaseNames.filter((name) => rows.some(({ breakdown }) => (breakdown.phasesUs[name] ?? 0) > 0))
  const figures: Column<PhaseRow>[] = [
    { head: 'ms', cell: ({ breakdown }) => formatMs(breakdown.latencyUs) },
    ...shown.map((name) => ({
      head: heads[name],
      cell: ({ breakdown }: PhaseRow) => formatPart(breakdown.phasesUs[name]),
    })),
    { head: 'other', cell: ({ breakdown }) => formatPart(breakdown.otherUs) },
  ]
  return { head: 'where the\ntime went', rows, figures }
}

/** The same as text. */
export function renderPhases(comparison: ComparisonResult, { width, paint }: Layout): string | undefined {
  const table = makePhaseTable(comparison)
  if (table === undefined) return undefined
  const { head, rows, figures } = table
  const render = (nameWidth: number) =>
    renderRows(rows, [{ head, cell: (row) => wrapText(nameOfPhaseRow(row), nameWidth) }, ...figures], paint)
  const natural = render(Number.POSITIVE_INFINITY)
  const excess = widthOf(natural) - width
  if (excess <= 0) return natural
  const longest = Math.max(...rows.map((row) => nameOfPhaseRow(row).length))
  return render(Math.max(longest - excess, leastNameWidth))
}

const leastNameWidth = 9

/** `p50 session`. */
export function nameOfPhaseRow({ percentile, id }: PhaseRow): string {
  return `${percentile} ${id}`
}

function formatPart(us: number | undefined): string {
  return us === undefined || us === 0 ? '–' : formatMs(us)
}

/** Lines under the table of phases: what could not be traced, and a slow iteration of each arm, moment by moment. */
export function renderPhaseNotes({ arms, target }: ComparisonResult): string[] {
  const isConnecting = arms.some(({ phases }) => phases?.p50.phasesUs.connect !== undefined)
  const lines = arms.flatMap(({ id, phases }) =>
    phases === undefined ? [] : [...noteUntraced(id, phases.p50), ...describeSlowest(id, phases.exemplars)],
  )
  return isConnecting && target.rttMs > 0 ? [linkNote(target.protocol), ...lines] : lines
}

/** The fixture server's link cannot hold back the kernel's handshake; it holds back what is sent first. */
function linkNote(protocol: ComparisonResult['target']['protocol']): string {
  const next = protocol === 'http' ? 'first byte' : 'TLS'
  return `on an emulated link the round trip of a TCP connect shows in the phase after it: ${next}`
}

function noteUntraced(arm: string, { untraced, iterations }: Breakdown): string[] {
  if (untraced === 0) return []
  return [
    `no request of ${formatShare(untraced / iterations)} of ${arm}'s iterations could be seen: their time is other`,
  ]
}

function describeSlowest(arm: string, bands: Traced['phases']['exemplars']): string[] {
  const slowest = bands.at(-1)?.kept.toSorted((a, b) => b.latencyUs - a.latencyUs)[0]
  if (slowest === undefined) return []
  const started = slowest.startedUs > 0 ? [`started ${formatMs(slowest.startedUs)}`] : []
  const requests = slowest.requests.length > 0 ? slowest.requests.map(describeRequest) : ['no request was seen']
  return [`a slow one of ${arm}, at ms: ${[...started, ...requests].join('; ')}; done ${formatMs(slowest.latencyUs)}`]
}

const moments = [
  ['askedUs', 'asked'],
  ['openedUs', 'socket'],
  ['resolvedUs', 'resolved'],
  ['connectedUs', 'connected'],
  ['securedUs', 'secured'],
  ['sentUs', 'sent'],
  ['headUs', 'head'],
  ['endedUs', 'last byte'],
] as const satisfies readonly (readonly [keyof ExemplarRequest, string])[]

function describeRequest(request: ExemplarRequest): string {
  const { connection, isReused, status } = request
  const where =
    connection === undefined ? 'connection unknown' : `connection ${connection} ${isReused ? 'kept' : 'new'}`
  // A connection may have been begun for somebody else before this was asked.
  const times = moments
    .map(([key, word]) => ({ word, us: request[key] }))
    .filter((moment): moment is { word: (typeof moment)['word']; us: number } => moment.us !== undefined)
    .toSorted((a, b) => a.us - b.us)
    .map(({ word, us }) => `${word} ${us < 0 ? 'before' : formatMs(us)}`)
  return `${[where, ...(status === undefined ? [] : [`status ${status}`]), ...times].join(', ')}`
}
