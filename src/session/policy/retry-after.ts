const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/**
 * Reads a Retry-After header: whole seconds, or an HTTP-date in any of its three formats (RFC 9110, 5.6.7 and 10.2.3).
 * A date in the past is 0; anything else (a sign, a fraction, words) is undefined, as if the header were absent.
 */
export function readRetryAfterMs(header: string | null | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? ''
  if (/^\d+$/.test(text)) return Number(text) * 1000
  const atMs = readHttpDateMs(text, nowMs)
  return atMs === undefined ? undefined : Math.max(0, atMs - nowMs)
}

/** Milliseconds since 1970 of an HTTP-date, or undefined when it is none. `nowMs` settles the century of a two-digit year. */
export function readHttpDateMs(text: string, nowMs: number): number | undefined {
  // Sun, 06 Nov 1994 08:49:37 GMT
  const imf = /^[a-z]{3}, (\d{2}) ([a-z]{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/i.exec(text)
  if (imf !== null) return toMs(imf[3], imf[2], imf[1], imf.slice(4))
  // Sunday, 06-Nov-94 08:49:37 GMT
  const rfc850 = /^[a-z]{6,9}, (\d{2})-([a-z]{3})-(\d{2}) (\d{2}):(\d{2}):(\d{2}) GMT$/i.exec(text)
  if (rfc850 !== null) return toMs(fullYear(Number(rfc850[3]), nowMs), rfc850[2], rfc850[1], rfc850.slice(4))
  // Sun Nov  6 08:49:37 1994
  const asctime = /^[a-z]{3} ([a-z]{3}) ([ \d]\d) (\d{2}):(\d{2}):(\d{2}) (\d{4})$/i.exec(text)
  if (asctime !== null) return toMs(asctime[6], asctime[1], asctime[2], asctime.slice(3, 6))
  return undefined
}

function toMs(
  year: string | number | undefined,
  month: string | undefined,
  day: string | undefined,
  time: readonly string[],
): number | undefined {
  const monthIndex = MONTHS.indexOf((month ?? '').toLowerCase())
  const [hours = 0, minutes = 0, seconds = 0] = time.map(Number)
  if (monthIndex < 0 || hours > 23 || minutes > 59 || seconds > 60) return undefined
  const ms = Date.UTC(Number(year), monthIndex, Number(day), hours, minutes, seconds)
  // The 31st of a month that has 30 days is no date.
  const onThatDay = new Date(Date.UTC(Number(year), monthIndex, Number(day))).getUTCDate() === Number(day)
  return onThatDay ? ms : undefined
}

/** A two-digit year that seems more than 50 years ahead is in the past (RFC 9110, 5.6.7). */
function fullYear(twoDigits: number, nowMs: number): number {
  const thisYear = new Date(nowMs).getUTCFullYear()
  const year = thisYear - (thisYear % 100) + twoDigits
  return year > thisYear + 50 ? year - 100 : year
}
