import type { LocalReading } from '../sample/local-reading.ts'
import { median } from '../statistics/quantile.ts'

/** What an iteration takes without distance at the pace of a distance, and how well the link kept that. */
interface LocalPart {
  /** µs. */
  readonly p50Us: number
  /** How much longer than its RTT a round trip over the link took, µs: it crosses the link twice, each time so late. */
  readonly linkLateUs: number
}

/** The medians of an arm's readings; undefined where there are none. */
export function localPartOf(readings: readonly LocalReading[] = [], id: string): LocalPart | undefined {
  const own = readings.filter(({ arm }) => arm === id)
  if (own.length === 0) return undefined
  return {
    p50Us: median(own.map(({ p50Us }) => p50Us)),
    linkLateUs: 2_000 * median(own.map(({ lateMs }) => lateMs)),
  }
}
