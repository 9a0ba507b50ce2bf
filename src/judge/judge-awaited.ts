import { contendersOf } from '../plan/contrasts.ts'
import type { Verdict } from '../statistics/verdict.ts'
import { compareOne, type JudgeOptions, judgePrimary } from './judge-comparison.ts'
import { judgeRatio } from './judge-thresholds.ts'

/**
 * What a run waits for: the verdicts on the primary metric, and for every ratio that has a limit whether it is decided.
 * None of them inconclusive means that measuring more would change nothing that anybody acts on.
 */
export function judgeAwaited(options: JudgeOptions): Verdict[] {
  const { plan } = options
  const limited = plan.thresholds.flatMap((threshold) => {
    if (!('maxRatio' in threshold)) return []
    const contenders = contendersOf(plan)
    const arms = plan.arms.filter(({ id, variant }) => variant === threshold.variant && contenders.includes(id))
    return arms.map(({ id }) => judgeRatio(compareOne(options, id, threshold.metric), threshold.maxRatio).verdict)
  })
  return [
    ...judgePrimary(options).map(({ verdict }) => verdict),
    ...limited.map((verdict) => (verdict === 'inconclusive' ? 'inconclusive' : 'same')),
  ]
}
