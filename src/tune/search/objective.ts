import { UsageError } from '../../bench-error.ts'

/** What an objective may limit: percentiles and the maximum of latency, and shares of the iterations. */
type ObjectiveMetric = { readonly kind: 'latency'; readonly percentile: number } | { readonly kind: 'errors' | 'drops' }

/** One condition: the metric has to be below the limit (µs for a latency, a share from 0 to 1 for the others). */
export interface ObjectiveTerm {
  readonly metric: ObjectiveMetric
  readonly limit: number
  /** As the user wrote it. */
  readonly text: string
}

/** All conditions have to hold. */
export type Objective = readonly ObjectiveTerm[]

const microsecondsIn: Readonly<Record<string, number>> = { us: 1, µs: 1, ms: 1_000, s: 1_000_000 }
const termPattern =
  /^(?:latency\.(?=p|max))?(p\d{1,2}(?:\.\d+)?|max|errors|drops)\s*<=?\s*(\d+(?:\.\d+)?)\s*(us|µs|ms|s|%)?$/
const example = 'p99<50ms,errors<0.1%'

/**
 * Reads `p99<50ms,errors<0.1%`: conditions separated by commas. Latencies (`p50` … `p99.9`, `max`) want a unit (`us`, `ms`,
 * `s`); `errors` and `drops` a percentage, or a share without a unit. Throws UsageError that names every wrong condition.
 */
export function parseObjective(text: string): Objective {
  const parts = text.split(',').map((part) => part.trim())
  const terms = parts.map(parseTerm)
  const problems = terms.filter((term) => typeof term === 'string')
  if (problems.length > 0) throw new UsageError(`--objective: ${problems.join('; ')}. Expected e.g. ${example}`)
  return terms.filter((term) => typeof term !== 'string')
}

function parseTerm(text: string): ObjectiveTerm | string {
  const [, name, number, unit] = termPattern.exec(text) ?? []
  if (name === undefined || number === undefined) return `'${text}' is not a condition`
  const value = Number(number)
  if (name === 'errors' || name === 'drops') return makeShareTerm({ text, kind: name, value, unit })
  const scale = microsecondsIn[unit ?? '']
  if (scale === undefined) return `'${text}' wants a unit of time: us, ms or s`
  if (value === 0) return `'${text}' can never hold: the limit has to be above zero`
  const percentile = name === 'max' ? 100 : Number(name.slice(1))
  return { metric: { kind: 'latency', percentile }, limit: value * scale, text }
}

interface ShareText {
  readonly text: string
  readonly kind: 'errors' | 'drops'
  readonly value: number
  readonly unit: string | undefined
}

function makeShareTerm({ text, kind, value, unit }: ShareText): ObjectiveTerm | string {
  if (unit !== undefined && unit !== '%') return `'${text}' wants a percentage, or a share from 0 to 1`
  const limit = unit === '%' ? value / 100 : value
  return limit > 1 ? `'${text}' wants at most 100 %` : { metric: { kind }, limit, text }
}
