import { inflateSync } from 'node:zlib'
import { type HistogramUnit, histogramRange } from '../sample/histogram.ts'

const cookieBytes = 8
/** Every count of a histogram of ours at its longest takes a fifth of it. */
const mostBytes = 2 ** 20

/** Offsets within what was compressed: digits after cookie, length and normalizing offset, then the range of values. */
const [digitsAt, highestAt, headerBytes] = [12, 24, 40]

/**
 * Throws for the text of a histogram that would take more memory than one of ours does: a few KB can be inflated to gigabytes,
 * and its header may ask for any number of counts.
 */
export function checkHistogram(encoded: string, unit: HistogramUnit = 'us'): void {
  const { digits, highest } = histogramRange(unit)
  const header = inflateSync(Buffer.from(encoded, 'base64').subarray(cookieBytes), { maxOutputLength: mostBytes })
  if (header.length < headerBytes) throw new Error('it ends within its header')
  const says = { digits: header.readInt32BE(digitsAt), highest: Number(header.readBigInt64BE(highestAt)) }
  if (says.digits !== digits) throw new Error(`its values have ${says.digits} significant digits, not ${digits}`)
  if (says.highest < 1 || says.highest > highest) {
    throw new Error(`its values go up to ${says.highest}, not ${highest}`)
  }
}
