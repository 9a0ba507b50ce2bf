import { InvalidOption, type OptionProblem } from '../errors.ts'
import { maskUrl } from '../mask.ts'

/** Says what was expected when the value is wrong, undefined when it is right; or checks one level deeper. */
export type Check = ((value: unknown) => string | undefined) | { readonly [name: string]: Check }

/** Checks options against a table of checks; they lie `within` others. @throws InvalidOption that lists every problem, with its path */
export function checkOptions(
  options: unknown,
  checks: { readonly [name: string]: Check },
  name: string,
  within = '',
): void {
  const problems = findProblems(options, checks, within)
  if (problems.length > 0) {
    throw new InvalidOption(
      problems.map((problem) => ({ ...problem, path: problem.path === '' ? name : problem.path })),
    )
  }
}

function findProblems(options: unknown, checks: { readonly [name: string]: Check }, path: string): OptionProblem[] {
  if (!isRecord(options)) {
    return [{ path, expected: 'an object', received: describeValue(options) }]
  }
  return Object.entries(options).flatMap(([key, value]) => {
    if (value === undefined) return []
    // A name that nobody knows may be anything, a URL too.
    const shown = Object.hasOwn(checks, key) ? key : maskUrl(key)
    const here = path === '' ? shown : `${path}.${shown}`
    const check = Object.hasOwn(checks, key) ? checks[key] : undefined
    if (check === undefined) {
      return [{ path: here, expected: `one of ${Object.keys(checks).join(', ')}`, received: 'an unknown option' }]
    }
    if (typeof check !== 'function') return findProblems(value, check, here)
    const expected = check(value)
    return expected === undefined ? [] : [{ path: here, expected, received: describeValue(value) }]
  })
}

/** True for what options can be read from by name; a list, a Date or a Map says nothing in that way. */
export function isRecord(value: unknown): value is object {
  return Object.prototype.toString.call(value) === '[object Object]'
}

/** Passes when one of the checks does. */
export function either(...checks: readonly Check[]): Check {
  return (value) => {
    const failures = checks.map((check) => {
      if (typeof check === 'function') return check(value)
      if (!isRecord(value)) return `{ ${Object.keys(check).join(', ')} }`
      const problems = findProblems(value, check, '')
      return problems.length === 0 ? undefined : problems.map((one) => `${one.path}: ${one.expected}`).join('; ')
    })
    return failures.includes(undefined) ? undefined : failures.join(', or ')
  }
}

export const isBoolean: Check = (value) => (typeof value === 'boolean' ? undefined : 'true or false')

export const isText: Check = (value) => (typeof value === 'string' ? undefined : 'text')

export const isFunction: Check = (value) => (typeof value === 'function' ? undefined : 'a function')

export const isObject: Check = (value) => (typeof value === 'object' && value !== null ? undefined : 'an object')

export const isAnything: Check = () => undefined

export const isNull: Check = (value) => (value === null ? undefined : 'null')

/** A number of milliseconds. */
export const isMs = (value: unknown) => (isNumber(value, 0, 2 ** 31 - 1) ? undefined : 'milliseconds, 0 to 2147483647')

/** A limit in milliseconds. */
export const isLimitMs = saying(isMs, '0: no limit')

/** How long something may be waited for in milliseconds. */
export const isPatienceMs = saying(isMs, '0: at once')

/** The same check, with a word more on what was expected. */
function saying(check: (value: unknown) => string | undefined, more: string): Check {
  return (value) => {
    const expected = check(value)
    return expected === undefined ? undefined : `${expected} (${more})`
  }
}

/** A whole number from `from` on, or Infinity. */
export function isCount(from: number): Check {
  const isWhole = isWholeNumber(from)
  return (value) => (value === Number.POSITIVE_INFINITY ? undefined : isWhole(value))
}

/** A whole number from `from` on. */
export function isWholeNumber(from: number): (value: unknown) => string | undefined {
  return (value) =>
    isNumber(value, from, Number.MAX_SAFE_INTEGER) && Number.isInteger(value)
      ? undefined
      : `a whole number from ${from} on`
}

export const isSignal: Check = (value) => (value instanceof AbortSignal ? undefined : 'an AbortSignal')

/** One of a closed list of words. */
export function isOneOf(...words: readonly string[]): Check {
  return (value) => (words.some((word) => word === value) ? undefined : words.map((word) => `'${word}'`).join(' or '))
}

/** A list whose items all pass. */
export function isListOf(item: (value: unknown) => string | undefined, what: string): Check {
  return (value) =>
    Array.isArray(value) && value.every((one) => item(one) === undefined) ? undefined : `a list of ${what}`
}

function isNumber(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && value >= least && value <= most
}

/** A value as an error may show it: never its text, which may be a credential. */
export function describeValue(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `text of ${value.length} characters`
    case 'object':
      if (value === null) return 'null'
      return Array.isArray(value) ? `a list of ${value.length}` : describeObject(value)
    case 'number':
    case 'boolean':
    case 'undefined':
      return String(value)
    default:
      return `a ${typeof value}`
  }
}

function describeObject(value: object): string {
  const name: unknown = value.constructor?.name
  return typeof name === 'string' && name !== '' && name !== 'Object' ? `an object (${name})` : 'an object'
}
