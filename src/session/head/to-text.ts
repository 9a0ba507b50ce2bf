/** What has a text of its own. */
export const HAS_TEXT = 'text, a number, a bigint or a boolean'

/**
 * The one text of a value, or undefined for what has none or more than one: an object is not sent as `[object Object]`,
 * nor a Date in the words of some country, nor NaN.
 */
export function toText(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
      return Number.isFinite(value) ? String(value) : undefined
    case 'bigint':
    case 'boolean':
      return String(value)
    default:
      return undefined
  }
}
