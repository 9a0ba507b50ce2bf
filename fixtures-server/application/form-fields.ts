import { BadArgument } from './bad-argument.ts'

/** Most fields that a form or a query may have, and most parts of a multipart body. */
export const maxFields = 1_000

/**
 * The fields of a form (application/x-www-form-urlencoded) or of a query, in order. Read one by one: URLSearchParams
 * takes time by the square of their number, so that a few megabytes of `a&` would stop the server for minutes.
 */
export function readFields(text: string): [string, string][] {
  // Too short to hold too many.
  if (text.length < maxFields) return parse(text)
  const fields: [string, string][] = []
  for (let start = 0, end = 0; start < text.length; start = end + 1) {
    const mark = text.indexOf('&', start)
    end = mark < 0 ? text.length : mark
    if (end === start) continue
    if (fields.length === maxFields) throw new BadArgument(`there are more than ${maxFields} fields`)
    fields.push(...parse(text.slice(start, end)))
  }
  return fields
}

// Behind an empty field a question mark is what it is everywhere else in a form: a character of a name.
function parse(text: string): [string, string][] {
  return [...new URLSearchParams(`&${text}`)]
}
