import { describe, expect, it } from 'vitest'
import { countRoundTrips, roundTripsOf } from '../../../src/plan/round-trips.ts'

const arms = ['a', 'b', 'c'].map((variant) => ({ id: `${variant} of it`, variant, params: {} }))
const scenario = { roundTrips: { a: { http: 2, https: 3 }, b: 1 } }
const target = { kind: 'fixture', protocol: 'https', rttMs: 20 } as const

describe('roundTripsOf', () => {
  it('is what each arm with a model waits, at the distance and over the protocol of the target', () => {
    expect(roundTripsOf(scenario, arms, target)).toEqual({ 'a of it': 60, 'b of it': 20 })
    expect(roundTripsOf(scenario, arms, { ...target, protocol: 'http' })).toEqual({ 'a of it': 40, 'b of it': 20 })
  })

  it.each([
    ['no distance', { ...target, rttMs: 0 }],
    ['more than a distance', { ...target, conditions: { jitterMs: 5 } }],
    ["a server of the user's own", { kind: 'external', protocol: 'http', origin: 'http://h', rttMs: 0 } as const],
  ])('is nothing with %s', (_, other) => {
    expect(roundTripsOf(scenario, arms, other)).toBeUndefined()
  })

  it('is nothing where no arm has a model', () => {
    expect(roundTripsOf({ roundTrips: {} }, arms, target)).toBeUndefined()
  })
})

it('countRoundTrips knows none of a protocol that is not named', () => {
  expect(countRoundTrips({ https: 3 }, 'http')).toBeUndefined()
  expect(countRoundTrips(1, null)).toBeUndefined()
  expect(countRoundTrips(1, 'h2')).toBe(1)
})
