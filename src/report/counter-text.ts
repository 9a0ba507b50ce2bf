import type { ComparisonResult, CounterFinding } from '../document/model.ts'
import { counted } from '../words/counted.ts'
import { formatFigures } from '../words/format.ts'
import type { Paint } from '../words/paint.ts'

/** What a counter was allowed to be and what it came to, as figures that tell the two apart. */
export function formatCounter({ form, expected, actual }: CounterFinding): { allowed: string; measured: string } {
  const [allowed, measured] =
    form === 'pool'
      ? [expected, actual].map((count) => counted(count, 'connection'))
      : formatFigures([expected, actual])
  return { allowed: `${allowed}`, measured: `${measured}` }
}

/** One counter of head against base: `connectionsPerRequest is worse: base 10 connections, head 11,358 connections (…)`. */
export function renderCounter(finding: CounterFinding): string {
  const { counter, state } = finding
  const what = state === 'not judged' ? state : `is ${state === 'same' ? 'the same' : state}`
  return `${counter} ${what}: ${describeSides(finding)}`
}

function describeSides(finding: CounterFinding): string {
  const { allowed, measured } = formatCounter(finding)
  return `base ${allowed}, head ${measured} (${finding.reason})`
}

/** A line for each counter that differs, one for all that do not. */
export function renderCounters({ counters }: ComparisonResult, paint: Paint): string[] {
  if (counters === undefined) return []
  if (counters.length === 0) return [`${paint('yellow', 'counters undecided')}: ${noCounters}`]
  const styles = { worse: 'red', better: 'green', 'not judged': 'dim' } as const
  const same = counters.filter(({ state }) => state === 'same')
  const others = counters.flatMap((finding) =>
    finding.state === 'same'
      ? []
      : [`counter ${paint(styles[finding.state], finding.state)}: ${finding.counter}, ${describeSides(finding)}`],
  )
  const rest = same.map(({ counter }) => counter).join(', ')
  return [...others, ...(same.length > 0 ? [`counters the same in base and head: ${rest}`] : [])]
}

/** Why there is none. */
export const noCounters = 'no block without a failed iteration, so no counters'
