import type { TargetConditions } from '../scenario/target-conditions.ts'
import type { TargetProfile } from './target-profile.ts'

/** A target as a file names it. */
export interface RecordedTarget {
  /** What reports call it: words, which may be put otherwise one day. */
  readonly label: string
  /** What it is; files of older versions do not say. */
  readonly target?: TargetProfile | undefined
}

/**
 * Whether two runs were measured at the same target: by what it is, never by what it is called, unless one of them does not
 * know what it is. A server that is not ours has no other mark than the name that its user gives it; without names on both
 * sides it is its address.
 */
export function isSameTarget(earlier: RecordedTarget, later: RecordedTarget): boolean {
  const [one, other] = [earlier.target, later.target]
  if (one === undefined || other === undefined) return earlier.label === later.label
  if (one.kind !== 'external' || other.kind !== 'external') return targetKey(one) === targetKey(other)
  const isNamed = one.name !== undefined && other.name !== undefined
  return one.protocol === other.protocol && (isNamed ? one.name === other.name : one.origin === other.origin)
}

/** What a target is, as text: the same for the same target, in whatever order its conditions were written down. */
export function targetKey(target: TargetProfile): string {
  switch (target.kind) {
    case 'none':
      return 'none'
    case 'external':
      return JSON.stringify([target.kind, target.protocol, target.name ?? target.origin])
    case 'fixture':
      return JSON.stringify([target.kind, target.protocol, target.rttMs, sortFields(normalize(target.conditions))])
    default:
      return target satisfies never
  }
}

/** A capacity for both directions is the same as one for each. */
function normalize({ bytesPerSecond, ...others }: TargetConditions = {}): TargetConditions {
  const each = typeof bytesPerSecond === 'number' ? { up: bytesPerSecond, down: bytesPerSecond } : bytesPerSecond
  return { ...others, bytesPerSecond: each }
}

function sortFields(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return fields.map(([name, field]) => [name, sortFields(field)])
}
