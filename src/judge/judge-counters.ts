import * as z from 'zod'
import type { TargetProfile } from '../plan/target-profile.ts'
import type { OwnLoopEngine } from '../scenario/engine-name.ts'
import { at } from '../session/at.ts'
import { sumOf } from '../statistics/sum-of.ts'
import { agree, counted, grouped } from '../words/counted.ts'
import {
  type CountedBlock,
  type CounterName,
  counterForms,
  counterNames,
  counters,
  formOf,
  readForms,
} from './counter-form.ts'

/** One counter of an arm against what it was before. */
export const counterSchema = z.strictObject({
  counter: z.string(),
  form: z.enum(counterForms),
  // The most that is not worse: a ratio, for `pool` connections of one process, for `per block` a count.
  expected: z.number(),
  actual: z.number(),
  state: z.enum(['same', 'worse', 'better', 'not judged']),
  reason: z.string(),
})
export type CounterFinding = z.infer<typeof counterSchema>

export type Tolerances = Readonly<Partial<Record<CounterName, number>>>

/** What of a workload says how many connections a pool may come to. */
type CountedLoad =
  | { readonly model: 'closed'; readonly concurrency: number; readonly thinkTimeMs?: unknown }
  | { readonly model: 'open'; readonly maxInFlight: number }
  | { readonly model: OwnLoopEngine }

/** The blocks of one arm on both sides, and how they were loaded. */
export interface CounterOptions {
  readonly before: readonly CountedBlock[]
  readonly after: readonly CountedBlock[]
  readonly workload: CountedLoad
  /** Undefined when it is not known. */
  readonly target: TargetProfile | undefined
  readonly tolerances?: Tolerances | undefined
}

/**
 * Compares the counters of one arm with what they were before: in an earlier run, or with the other version of its code. A
 * tolerance is in per cent of what is expected. Empty when one side has no block that can be counted.
 */
export function judgeCounters({ workload, target, tolerances = {}, ...sides }: CounterOptions): CounterFinding[] {
  const [before, after] = [sides.before.filter(isUsable), sides.after.filter(isUsable)]
  if (before.length === 0 || after.length === 0) return []
  const { isFickle, isPool } = readForms(before, target)
  return counterNames.flatMap((name): CounterFinding[] => {
    const slack = 1 + (tolerances[name] ?? 0) / 100
    if (name === 'connectionsPerRequest' && isPool) return [judgePool(workload, before, after, slack)]
    // A pool's handshakes are those of its connections: which of them resume is a matter of timing.
    if (isPool && name.toLowerCase().includes('handshakes')) return []
    if (isFickle) return [judgeRange(name, before, after, slack)]
    return [judgeRatio(name, before, after, slack)]
  })
}

/** A failed iteration may have sent half of what it was to send; errors are judged by the error budget. */
function isUsable({ failed, succeeded, wire }: CountedBlock): boolean {
  return failed === 0 && wire.requests > 0 && succeeded > 0
}

function judgePool(
  workload: CountedLoad,
  before: readonly CountedBlock[],
  after: readonly CountedBlock[],
  slack: number,
): CounterFinding {
  const most = Math.max(...connectionsOfProcesses(before))
  const expected = Math.max(most, lateFill(workload))
  const actual = Math.max(...connectionsOfProcesses(after))
  const openedNow = sumOf(after, ({ wire }) => wire.connectionsOpened)
  const isWorse = openedNow > 0 && actual > expected * slack
  const requests = sumOf(after, ({ wire }) => wire.requests)
  const frame = { counter: 'connectionsPerRequest', form: 'pool', expected, actual } as const
  const ofProcess = `up to ${counted(actual, 'connection')} in a process that needed ${grouped(expected)}`
  if (isWorse) {
    const opened = `a warm pool opened none; now ${grouped(openedNow)} ${agree(openedNow, 'was', 'were')} opened in ${counted(requests, 'request')}`
    return { ...frame, state: 'worse', reason: `${opened}, ${ofProcess}` }
  }
  if (actual <= expected) {
    return { ...frame, state: 'same', reason: `no process used more connections than it needed (${grouped(expected)})` }
  }
  const reason =
    actual <= expected * slack
      ? `${ofProcess}: within the tolerance`
      : `none was opened while it was measured, as before; up to ${counted(actual, 'connection')} of a process ${agree(actual, 'was', 'were')} there already`
  return { ...frame, state: 'same', reason }
}

/** Where the number in flight is a matter of chance, a pool may reach its size only while it is measured. */
function lateFill(workload: CountedLoad): number {
  if (workload.model === 'open') return workload.maxInFlight
  return workload.model === 'closed' && workload.thinkTimeMs ? workload.concurrency : 0
}

function connectionsOfProcesses(blocks: readonly CountedBlock[]): number[] {
  const processes = Map.groupBy(blocks, ({ generation }) => generation)
  return [...processes.values()].map((own) => sumOf(own, ({ newCarriers }) => newCarriers.connections))
}

const fewestToRange = 8
/** What no chance makes of a few blocks: so many times the most before, and so many more. */
const beyondDoubt = { times: 5, atLeast: 0.05 }

function judgeRatio(
  name: CounterName,
  before: readonly CountedBlock[],
  after: readonly CountedBlock[],
  slack: number,
): CounterFinding {
  const { count, per } = counters[name]
  const first = at(before, 0)
  switch (formOf(name, before)) {
    case 'exact':
      return judgeExact(name, count(first) / per(first), after, slack)
    case 'per block':
      return judgePerBlock(name, count(first), after, slack)
    default:
      return judgeRange(name, before, after, slack)
  }
}

function judgeExact(
  name: CounterName,
  expected: number,
  after: readonly CountedBlock[],
  slack: number,
): CounterFinding {
  const { count, per } = counters[name]
  const worse = after.filter((block) => count(block) > expected * slack * per(block) * (1 + 1e-12))
  const better = after.filter((block) => count(block) < expected * per(block) * (1 - 1e-12))
  const actual = sumOf(after, count) / sumOf(after, per)
  const frame = { counter: name, form: 'exact' as const, expected, actual }
  if (worse.length > 0)
    return { ...frame, state: 'worse', reason: `more in ${worse.length} of ${counted(after.length, 'block')}` }
  if (better.length > 0)
    return { ...frame, state: 'better', reason: `less in ${better.length} of ${counted(after.length, 'block')}` }
  const isExact = after.every((block) => count(block) <= expected * per(block) * (1 + 1e-12))
  return {
    ...frame,
    state: 'same',
    reason: isExact ? 'the same in every block' : 'within the tolerance in every block',
  }
}

function judgePerBlock(
  name: CounterName,
  expected: number,
  after: readonly CountedBlock[],
  slack: number,
): CounterFinding {
  const actual = Math.max(...after.map(counters[name].count))
  const state = actual > expected * slack ? 'worse' : actual < expected ? 'better' : 'same'
  return {
    counter: name,
    form: 'per block',
    expected,
    actual,
    state,
    reason: 'a count that does not depend on the number of requests',
  }
}

function judgeRange(
  name: CounterName,
  before: readonly CountedBlock[],
  after: readonly CountedBlock[],
  slack: number,
): CounterFinding {
  const { count, per } = counters[name]
  const ratios = (blocks: readonly CountedBlock[]) =>
    blocks.map((block) => count(block) / per(block)).sort((a, b) => a - b)
  const range = ratios(before)
  const later = ratios(after)
  const [low, high] = [at(range, 0), at(range, -1)]
  const actual = at(later, Math.floor((later.length - 1) / 2))
  const frame = { counter: name, form: 'varies' as const, expected: high, actual }
  if (Math.min(range.length, later.length) < fewestToRange) {
    const isBeyondDoubt = at(later, 0) > (beyondDoubt.times * high + beyondDoubt.atLeast) * slack
    if (isBeyondDoubt) {
      return {
        ...frame,
        state: 'worse',
        reason: `in every block more than ${beyondDoubt.times} times the most that it was`,
      }
    }
    const why =
      range.length === 1
        ? 'one block does not tell whether it varies'
        : `it varies, or may, and fewer than ${fewestToRange} blocks tell no range`
    return { ...frame, state: 'not judged', reason: why }
  }
  const state = actual > high * slack ? 'worse' : actual < low ? 'better' : 'same'
  const place = state === 'same' ? 'within' : 'outside'
  return {
    ...frame,
    state,
    reason: `it varies from block to block; the median is ${place} the range that it is held to`,
  }
}
