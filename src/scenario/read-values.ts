import { UsageError } from '../bench-error.ts'
import { atKey } from '../session/at.ts'
import { maskUrl } from '../session/mask.ts'
import { type Protocol, protocols } from './protocol.ts'

const unitsMs = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['min', 60_000],
])

/** `500ms`, `20s`, `2m` in milliseconds. */
export function readDuration(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|min|m)$/.exec(text) ?? []
  if (amount === undefined || unit === undefined) throw expected('a duration such as 500ms, 20s or 2m', text)
  const ms = Number(amount) * atKey(unitsMs, unit)
  if (ms < 1 || ms > 86_400_000) throw expected('a duration from 1ms to 1440m', text)
  return ms
}

/** A whole number within limits. */
export function readInteger(text: string, least: number, most: number): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw expected(`a whole number from ${least} to ${most}`, text)
  return value
}

/** A number within limits, a fraction allowed. */
export function readNumber(text: string, least: number, most: number): number {
  const value = Number(text)
  if (!/^\d+(\.\d+)?$/.test(text) || value < least || value > most)
    throw expected(`a number from ${least} to ${most}`, text)
  return value
}

/** `0,20`: round-trip times in milliseconds. */
export function readRtts(text: string): number[] {
  return text.split(',').map((part) => {
    const rttMs = Number(part.trim().replace(/ms$/, ''))
    if (part.trim() === '' || !Number.isFinite(rttMs) || rttMs < 0 || rttMs > 10_000) {
      throw expected('round-trip times in ms from 0 to 10000, separated by commas', text)
    }
    return rttMs
  })
}

/** Some of `http`, `https` and `h2`, separated by commas. */
export function readProtocols(text: string): Protocol[] {
  return text.split(',').map((part) => readChoice(part.trim(), protocols))
}

/** One of a closed list. */
function readChoice<Choice extends string>(text: string, choices: readonly Choice[]): Choice {
  const choice = choices.find((candidate) => candidate === text)
  if (choice === undefined) throw expected(choices.join(' or '), text)
  return choice
}

/** The base URL of a target that is not ours, without a trailing slash. */
export function readOrigin(text: string): string {
  const { origin, pathname, search } = new URL(readPage(text))
  if (search !== '') throw expected('an http:// or https:// URL without query or fragment for --target', text)
  return origin + pathname.replace(/\/+$/, '')
}

/** The URL of one page of such a target, query included. */
export function readPage(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !['http:', 'https:'].includes(url.protocol) || url.hash !== '') {
    throw expected('an http:// or https:// URL without query or fragment for --target', text)
  }
  if (url.username !== '' || url.password !== '') {
    throw new UsageError(
      '--target must not hold a user name or password: reports would show them; use a scenario for that',
    )
  }
  return url.href
}

/** `errors>5%`: the share of failed iterations above which load stops. */
export function readAbortOn(text: string): number {
  const [, value, unit] = /^errors\s*>\s*(\d+(?:\.\d+)?)\s*(%?)$/.exec(text) ?? []
  const share = Number(value) / (unit === '%' ? 100 : 1)
  if (value === undefined || !(share <= 1)) throw expected("a share of errors to stop at, as 'errors>5%'", text)
  return share
}

/** What was expected of a value's text, and what came, without a password that may be in it. */
export function expected(what: string, got: string): UsageError {
  return new UsageError(`expected ${what}, got '${maskUrl(got)}'`)
}
