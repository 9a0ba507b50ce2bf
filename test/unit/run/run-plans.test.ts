import { afterEach, expect, it, vi } from 'vitest'
import type { Plan } from '../../../src/plan/make-plan.ts'
import { runPlans } from '../../../src/run/run-plans.ts'

afterEach(() => void vi.useRealTimers())

it('takes as long as it takes, whoever sets the clock meanwhile', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2030-01-01T12:00:00Z') })
  const settingTheClock = () => {
    vi.setSystemTime(Date.parse('2030-01-01T11:00:00Z'))
    return [].values()
  }
  const plans = { [Symbol.iterator]: settingTheClock } as unknown as readonly Plan[]
  const { startedAt, elapsedMs } = await runPlans(plans, { seed: 1 })
  expect(startedAt).toBe('2030-01-01T12:00:00.000Z')
  expect(elapsedMs).toBeGreaterThanOrEqual(0)
})
