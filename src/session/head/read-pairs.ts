import { InvalidOption } from '../errors.ts'
import { describeValue } from '../options/check-options.ts'

/**
 * Names and values of a record or of pairs (a Map, URLSearchParams and FormData are such). Anything else would be sent as
 * nothing, or as the inner life of an object.
 * @throws InvalidOption
 */
export function readPairs(input: unknown, path: string): readonly (readonly [string, unknown])[] {
  if (typeof (input as Iterable<unknown> | null)?.[Symbol.iterator] === 'function' && typeof input === 'object')
    return [...(input as Iterable<unknown>)].map((pair, index) => checkPair(pair, `${path}[${index}]`))
  if (!isRecord(input)) throw refused(path, 'names with values: an object or a list of pairs', input)
  return Object.entries(input)
}

function checkPair(pair: unknown, path: string): readonly [string, unknown] {
  if (Array.isArray(pair) && pair.length === 2 && typeof pair[0] === 'string') return pair as [string, unknown]
  throw refused(path, '[name, value]', pair)
}

function isRecord(input: unknown): input is Record<string, unknown> {
  // A Date, a Promise, a Blob and bytes say what they are; a stream of Node's does not.
  return (
    Object.prototype.toString.call(input) === '[object Object]' &&
    typeof (input as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator] !== 'function'
  )
}

function refused(path: string, expected: string, value: unknown): InvalidOption {
  return new InvalidOption([{ path, expected, received: describeValue(value) }])
}
