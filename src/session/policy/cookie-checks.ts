import { readTarget } from '../head/target.ts'
import { type Check, isBoolean, isOneOf } from '../options/check-options.ts'

/** The checks of a cookie that is set by hand: what is wrong here would be kept, and never sent. */
export const COOKIE_CHECKS: Readonly<Record<string, Check>> = {
  url: (value) => (canRead(value) ? undefined : 'an absolute http(s) URL'),
  domain: (value) =>
    typeof value === 'string' && /^\.?[^\s.:/\\?#@]+(?:\.[^\s.:/\\?#@]+)*\.?$/.test(value)
      ? undefined
      : 'a host name without port and path',
  path: (value) =>
    typeof value === 'string' && /^\/[^;\p{Cc}]*$/u.test(value) ? undefined : "text that begins with '/'",
  secure: isBoolean,
  httpOnly: isBoolean,
  sameSite: isOneOf('strict', 'lax', 'none'),
  expires: (value) => (value instanceof Date && !Number.isNaN(value.getTime()) ? undefined : 'a valid Date'),
  maxAgeSeconds: (value) => (typeof value === 'number' && !Number.isNaN(value) ? undefined : 'seconds'),
}

function canRead(value: unknown): boolean {
  try {
    readTarget(value as string)
    return true
  } catch {
    return false
  }
}
