import { describe, expect, it } from 'vitest'
import { connectAsRoundTrip } from '../../../../src/tune/report/limit-evidence.ts'

describe('connectAsRoundTrip', () => {
  it.each([
    ['takes the quickest connection for a round trip', 40_000, 12_000, 40_000],
    ['does not where the client was held up for about as long', 38_900, 35_000, 0],
    ['nor where nothing was connected', 0, 0, 0],
  ])('%s', (_, quickestUs, heldUpUs, roundTripUs) => {
    expect(connectAsRoundTrip(quickestUs, heldUpUs)).toBe(roundTripUs)
  })
})
