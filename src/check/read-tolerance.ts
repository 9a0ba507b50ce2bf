import { UsageError } from '../bench-error.ts'
import { counterNames } from '../judge/counter-form.ts'
import type { Tolerances } from '../judge/judge-counters.ts'
import { readNumber } from '../scenario/read-values.ts'

/** `bytesReceivedPerRequest=1`: in per cent, added to those that are known already. @throws UsageError */
export function readTolerance(text: string, known: Tolerances = {}): Tolerances {
  const [, name = '', percent = ''] = /^(\w+)=(.*)$/.exec(text) ?? []
  if (!counterNames.some((counter) => counter === name)) {
    throw new UsageError(`expected one of ${counterNames.join(', ')}, and =PERCENT; got '${text}'`)
  }
  return { ...known, [name]: readNumber(percent, 0, 1_000) }
}
