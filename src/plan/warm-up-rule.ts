import type { WarmUpRule } from './plan.ts'
import { planDefaults } from './plan-defaults.ts'

/** Until no trend is left: at least so long and for so many requests, at most twice as long. */
export function makeWarmUpRule(minMs: number): WarmUpRule {
  return { minMs, minRequests: planDefaults.warmUpRequests, maxMs: 2 * minMs }
}
