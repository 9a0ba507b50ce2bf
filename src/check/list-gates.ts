import { formatCounter, noCounters } from '../report/counter-text.ts'
import { formatFigure, formatSignedPercent } from '../words/format.ts'
import type { ArmChange, CheckDocument, CheckedThreshold, MissingPart } from './check-model.ts'

/** How a gate ended. `not judged` says that nothing could be expected; it changes no verdict. */
type GateState = 'failed' | 'invalid' | 'undecided' | 'held' | 'not judged'

/** One thing that a check holds a run to, in words for any report. */
export interface Gate {
  readonly scenario: string
  /** Absent where a whole scenario is missing, as is the arm where all of a comparison are. */
  readonly comparison?: string | undefined
  readonly arm?: string | undefined
  readonly kind: 'presence' | 'counter' | 'cpu' | 'threshold'
  /** `connectionsPerRequest`, `CPU per request`, `latency.p50 maxRatio`. */
  readonly name: string
  readonly state: GateState
  /** What the baseline had, or the limit that was set. */
  readonly allowed: string
  readonly measured: string
  readonly reason: string
}

/** Every gate of a check: what is missing, arm by arm what was compared, then the thresholds. CPU time that is shown only is none; a check that is invalid judges nothing. */
export function listGates({ missing, changes, thresholds, verdict }: CheckDocument): Gate[] {
  const gates = [
    ...missing.map(makePresenceGate),
    ...changes.flatMap((change) => [...listCounterGates(change), ...listCpuGates(change)]),
    ...thresholds.map(makeThresholdGate),
  ]
  if (verdict !== 'invalid') return gates
  return gates.map((gate) => (gate.state === 'invalid' ? gate : { ...gate, state: 'not judged' }))
}

/** Those that a reader has to look at: all that did not hold, or where nothing was judged those that are invalid themselves. */
export function listOpenGates(check: CheckDocument): Gate[] {
  const wanted = (state: GateState) => (check.verdict === 'invalid' ? state === 'invalid' : state !== 'held')
  return listGates(check).filter(({ state }) => wanted(state))
}

function makePresenceGate({ reason, ...place }: MissingPart): Gate {
  return { ...place, kind: 'presence', name: presence, state: 'undecided', allowed: '–', measured: 'missing', reason }
}

const presence = 'measured again'

/** What a gate was held to and came to, in a few words. */
export function describeMeasured({ kind, allowed, measured, reason }: Gate): string {
  return kind === 'presence' ? `${measured}: ${reason}` : `allowed ${allowed}, measured ${measured} (${reason})`
}

const counterStates = { same: 'held', better: 'held', worse: 'failed', 'not judged': 'not judged' } as const

function listCounterGates({ scenario, comparison, arm, counters }: ArmChange): Gate[] {
  const frame = { scenario, comparison, arm, kind: 'counter' as const }
  if (counters.length === 0) {
    return [{ ...frame, name: 'counters', state: 'undecided', allowed: '–', measured: '–', reason: noCounters }]
  }
  return counters.map((finding) => {
    const { counter, state, reason } = finding
    const why = state === 'better' ? `better: ${reason}` : reason
    return { ...frame, name: counter, state: counterStates[state], ...formatCounter(finding), reason: why }
  })
}

const cpuStates = {
  slower: 'failed',
  faster: 'held',
  same: 'held',
  inconclusive: 'undecided',
  invalid: 'undecided',
} as const

function listCpuGates({ scenario, comparison, arm, cpu, cpuIsShownOnly }: ArmChange): Gate[] {
  if (cpuIsShownOnly !== undefined) return []
  const { effectPercent, metric, verdict, reason } = cpu
  return [
    {
      ...{ scenario, comparison, arm, kind: 'cpu', name: 'CPU per request', state: cpuStates[verdict], reason },
      allowed: `+${formatFigure(metric.marginPercent)} %`,
      measured: effectPercent === undefined ? '–' : `${formatSignedPercent(effectPercent)} %`,
    },
  ]
}

const thresholdStates = { held: 'held', failed: 'failed', inconclusive: 'undecided', invalid: 'invalid' } as const

function makeThresholdGate(threshold: CheckedThreshold): Gate {
  const { scenario, comparison, arm, metric, limit, expected, actual, verdict, reason } = threshold
  return {
    ...{ scenario, comparison, arm, kind: 'threshold', name: `threshold ${metric} ${limit}`, reason },
    state: thresholdStates[verdict],
    allowed: formatFigure(expected),
    measured: actual === undefined ? '–' : formatFigure(actual),
  }
}

/** `items, http, 0 ms RTT, client`. */
export function placeOf({ scenario, comparison, arm }: Pick<Gate, 'scenario' | 'comparison' | 'arm'>): string {
  return [scenario, comparison, arm].filter((part) => part !== undefined).join(', ')
}
