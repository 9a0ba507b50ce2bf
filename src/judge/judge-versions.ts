import type { Block } from '../sample/block.ts'
import { type CounterFinding, judgeCounters } from './judge-counters.ts'
import type { JudgedComparison } from './judged-plan.ts'

/**
 * The counters of head against those of base, where a plan compares two versions of the code: exact, so that the first block of
 * each decides what no time could yet. Undefined where there are no versions.
 */
export function judgeVersions(plan: JudgedComparison, blocks: readonly Block[]): CounterFinding[] | undefined {
  const [base, head] = (['base', 'head'] as const).map((role) => plan.arms.find(({ code }) => code?.role === role))
  if (base === undefined || head === undefined) return undefined
  const of = (id: string) => blocks.filter(({ arm }) => arm === id)
  const { workload, target, tolerances } = plan
  return judgeCounters({ before: of(base.id), after: of(head.id), workload, target, tolerances })
}
