import type { Ask } from '../application/ask.ts'
import { BadArgument } from '../application/bad-argument.ts'
import { readFields } from '../application/form-fields.ts'

/** Bounds of a numeric argument: below `min` is refused, above `max` is capped. */
interface Bounds {
  readonly fallback: number
  readonly min?: number
  readonly max?: number
}

/** The query's first value of each argument, its name in lower case as httpbin takes them. */
export function firstArgs(ask: Pick<Ask, 'query'>): Map<string, string> {
  const first = new Map<string, string>()
  if (ask.query === '') return first
  for (const [name, value] of readFields(ask.query)) {
    const key = name.toLowerCase()
    if (!first.has(key)) first.set(key, value)
  }
  return first
}

/** A number from the query. */
export function numberArg(args: Map<string, string>, name: string, bounds: Bounds): number {
  const text = args.get(name)
  if (text === undefined) return bounds.fallback
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (!Number.isFinite(value) || value < (bounds.min ?? Number.NEGATIVE_INFINITY)) {
    throw new BadArgument(
      `${name} must be a number${bounds.min === undefined ? '' : ` of at least ${bounds.min}`}, not "${text}"`,
    )
  }
  return Math.min(value, bounds.max ?? Number.POSITIVE_INFINITY)
}

/** A whole number from the query. */
export function integerArg(args: Map<string, string>, name: string, bounds: Bounds): number {
  const value = numberArg(args, name, bounds)
  if (!Number.isInteger(value)) throw new BadArgument(`${name} must be a whole number, not "${args.get(name)}"`)
  return value
}

/** Python's integer seed from the query, if there is one. */
export function seedArg(args: Map<string, string>): bigint | undefined {
  const text = args.get('seed')?.trim()
  if (text === undefined) return undefined
  if (!/^[+-]?\d{1,100}$/.test(text)) throw new BadArgument(`seed must be a whole number, not "${text}"`)
  return BigInt(text.replace(/^\+/, ''))
}
