import type { CheckedBlock } from '../run/arm-under-test.ts'
import { TargetSilent } from '../run/silence-watch.ts'
import type { FailureCode } from '../sample/outcome.ts'
import type { Setting } from './search/setting.ts'
import type { TuningArms } from './tuning-arms.ts'

/** Sees every block; rejects with TargetSilent when the target has stopped answering, whoever asks. */
type AnswerCheck = (setting: Setting, block: CheckedBlock) => Promise<CheckedBlock>

/**
 * A setting may get no answer at all because it is too large, and the next smaller one be fine. So when a block has none,
 * the smallest that had answers is asked once more.
 */
export function makeAnswerCheck(
  arms: Pick<TuningArms, 'runClosed'>,
  { spentMs }: { readonly spentMs: () => number },
): AnswerCheck {
  let known: Setting | undefined
  let answeredMs = 0
  return async (setting, block) => {
    if (hasAnswer(block)) {
      answeredMs = spentMs()
      if (known === undefined || setting.size < known.size) known = setting
      return block
    }
    if (known === undefined) return block
    const again = await arms.runClosed(known)
    if (hasAnswer(again)) return block
    const [first] = [...again.failures, ...block.failures]
    const words = first === undefined ? '' : `: ${first.code}: ${first.message}`
    const at = `${(answeredMs / 1_000).toFixed(1)} s into the tuning`
    throw new TargetSilent(`${whatStopped(first?.code)} ${at}${words}`)
  }
}

/** Who it was, as far as the failure tells: a name that does not resolve or a variant that throws is not the target's doing. */
function whatStopped(code: FailureCode | undefined): string {
  switch (code) {
    case 'timeout':
    case 'reset':
    case 'aborted':
    case undefined:
      return 'the target stopped answering'
    case 'refused':
      return 'the target stopped taking connections'
    default:
      return 'iterations stopped succeeding'
  }
}

/** A status is an answer, whichever it is. */
function hasAnswer({ succeeded, failures }: CheckedBlock): boolean {
  return succeeded > 0 || failures.some(({ code }) => code === 'status')
}
