import type { ArmResult } from '../document/model.ts'
import { sumOf } from '../statistics/sum-of.ts'
import { counted } from '../words/counted.ts'
import { formatCount, formatShare } from '../words/format.ts'

type Failures = ArmResult['failures']

/** Kinds that get words of their own in a note; the rest are summed up. */
const mostTold = 4

/**
 * What failed in an arm: each kind with its count, one message and one URL.
 * @example "stateless: 214 of 5,010 failed (4.3 %): 150 × status 429, http://127.0.0.1:80/items (the target answered 429)"
 */
export function renderFailures({ id, succeeded, failed, failures }: ArmResult): string[] {
  if (failed === 0) return []
  const total = succeeded + failed
  const told = failures.slice(0, mostTold).map(describe)
  const others = sumOf(failures.slice(mostTold), ({ count }) => count)
  const rest = others === 0 ? [] : [`${formatCount(others)} × others`]
  const share = `${formatCount(failed)} of ${counted(total, 'iteration')} failed (${formatShare(failed / total)})`
  return [`${id}: ${[share, [...told, ...rest].join('; ')].filter((part) => part !== '').join(': ')}`]
}

function describe({ code, status, count, message, url }: Failures[number]): string {
  const where = url === undefined ? '' : `, ${url}`
  return `${formatCount(count)} × ${nameFailure({ code, status })}${where} (${message})`
}

/** `status 429`, `reset`: a kind of failure in two words. */
export function nameFailure({ code, status }: { readonly code: string; readonly status?: number | undefined }): string {
  return status === undefined ? code : `${code} ${status}`
}

/** All kinds with their counts, for a cell: `status 429: 150; reset: 64`. */
export function listFailures(failures: Failures): string {
  return failures.map((failure) => `${nameFailure(failure)}: ${failure.count}`).join('; ')
}
