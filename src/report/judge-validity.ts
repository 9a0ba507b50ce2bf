import type { ComparisonRun } from '../measure/run-comparison.ts'
import type { ArmSummary } from '../sample/merge.ts'
import { formatCount } from './format.ts'
import type { ComparisonResult } from './model.ts'

/** Fewer than ten values beyond it make a p99 a guess. */
const leastForP99 = 1_000

/** Whether a comparison may be read as a result, and if not, or only with care, why. */
export function judgeValidity({
  end,
  judgement,
  blocks,
  summaries,
}: ComparisonRun): Pick<ComparisonResult, 'validity' | 'reasons'> {
  const broken = [
    ...judgement.problems,
    ...('message' in end ? [end.message] : []),
    ...(blocks.length === 0 && end.state !== 'interrupted' && !('message' in end) ? ['nothing was measured'] : []),
  ]
  if (broken.length > 0) return { validity: 'invalid', reasons: broken }
  const invalid = judgement.contrasts.filter(({ primary }) => primary.verdict === 'invalid')
  if (invalid.length > 0 && end.state !== 'interrupted') {
    return { validity: 'invalid', reasons: invalid.map(({ arm, primary }) => `${arm}: ${primary.reason}`) }
  }
  const doubts = [...summaries.flatMap(doubtTail), ...judgement.doubts]
  return { validity: doubts.length > 0 ? 'suspect' : 'valid', reasons: doubts }
}

function doubtTail({ arm, service }: ArmSummary): string[] {
  if (service.count === 0 || service.count >= leastForP99) return []
  return [`p99 of ${arm} rests on ${formatCount(service.count)} iterations; ${formatCount(leastForP99)} would do`]
}
