import { type Ask, headerOf } from '../application/ask.ts'

/** First and last byte asked for, counted from 0. */
export interface ByteRange {
  readonly first: number
  readonly last: number
}

/**
 * The range that a request asks for out of `length` bytes: all of them when it asks for none or in a way that is not
 * understood, `undefined` when the range cannot be satisfied (RFC 9110 §14). Only the first of several is taken.
 */
export function rangeOf(ask: Pick<Ask, 'rawHeaders'>, length: number): ByteRange | undefined {
  const text = headerOf(ask, 'range')?.trim()
  const found = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(text ?? '')
  if (!found || (found[1] === '' && found[2] === '')) return { first: 0, last: length - 1 }
  const range =
    found[1] === ''
      ? suffix(Number(found[2]), length)
      : { first: Number(found[1]), last: found[2] === '' ? length - 1 : Number(found[2]) }
  return range.first <= range.last && range.last < length ? range : undefined
}

function suffix(count: number, length: number): ByteRange {
  return { first: Math.max(0, length - count), last: length - 1 }
}
