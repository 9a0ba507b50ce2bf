import { expect, test } from 'vitest'
import { type FaultPlan, Faults, readFaultPlan } from '../../../fixtures-server/faults.ts'

function makeFaults(plan: FaultPlan): Faults {
  const faults = new Faults()
  faults.set(plan, 1_000)
  return faults
}

test('without a plan nothing happens', () => {
  expect(new Faults().next(2, 0)).toEqual({ waitMs: 0, outcome: 'answer' })
})

test('a stall freezes the end of every period', () => {
  const faults = makeFaults({ stall: { everyMs: 100, forMs: 10 } })
  const waits = [0, 89, 90, 95, 99, 100, 195].map((sinceMs) => faults.next(1, 1_000 + sinceMs).waitMs)
  expect(waits).toEqual([0, 0, 10, 5, 1, 0, 5])
})

test('a reply that is late runs into a stall that begins meanwhile', () => {
  const faults = makeFaults({ stall: { everyMs: 100, forMs: 10 }, latency: { law: 'fixed', meanMs: 20 } })
  expect(faults.next(1, 1_075).waitMs).toBe(25)
})

test('rates are met, by the seed', () => {
  const outcomes = (seed: number) => {
    const faults = makeFaults({ errorRate: 0.2, errorStatus: 500, resetRate: 0.1, seed })
    return Array.from({ length: 10_000 }, () => faults.next(1, 1_000).outcome)
  }
  const drawn = outcomes(1)
  // Within four standard deviations of 10 % and of 20 % of the rest.
  expect(Math.abs(drawn.filter((outcome) => outcome === 'reset').length - 1_000)).toBeLessThan(120)
  expect(Math.abs(drawn.filter((outcome) => typeof outcome === 'object').length - 1_800)).toBeLessThan(154)
  expect(outcomes(1)).toEqual(drawn)
  expect(outcomes(2)).not.toEqual(drawn)
})

test('resetReused spares the first request of a connection', () => {
  const faults = makeFaults({ resetReused: 1 })
  expect([faults.next(1, 1_000).outcome, faults.next(2, 1_000).outcome]).toEqual(['answer', 'reset'])
})

test('a bad plan is told every problem', () => {
  expect(() =>
    readFaultPlan({ errorRate: 2, stall: { everyMs: 1, forMs: 5 }, latency: { law: 'odd', meanMs: 1 } }),
  ).toThrow(/latency\.law: .*errorRate: /s)
  expect(() => readFaultPlan({ stall: { everyMs: 5, forMs: 5 } })).toThrow(/stall\.forMs: must be shorter/)
})
