import { saturatedLoop } from '../judge/find-saturated.ts'
import { phaseNames } from '../sample/phases.ts'
import { at } from '../session/at.ts'
import { sumOf } from '../statistics/sum-of.ts'
import { formatMs, formatShare } from '../words/format.ts'
import { phaseWords } from '../words/phase-words.ts'
import type { ArmResult, ComparisonResult } from './model.ts'
import { nameChanges } from './scenario-words.ts'

type Judged = Pick<ComparisonResult, 'workload' | 'blocks' | 'processes' | 'unlikeScenario'>

/** What came out otherwise. */
interface Surprise {
  /** How many times as much, or as little, as would have been expected. @default 1: whatever may have had a part in it */
  readonly off?: number | undefined
  /** @default one that a pause changes by no more than its share of the time */
  readonly metric?: string | undefined
  /** The arm that did worse than would have been expected beside the other. @default either may have */
  readonly worse?: string | undefined
}

/** Above this requests queue for the client's CPU, though it does not set the pace. */
const queuingFrom = 0.5
/** With less of this in the time that its event loop was busy, CPU work is not what an arm was busy with. */
const leastCpuWork = 0.6
const muchGarbage = 0.05
/** Fewer failures change nothing for those that succeed. */
const manyFailures = 0.01
/** The fixed piece of work takes 30 % longer at one time than at another. */
const unsteadySpeed = 1.3

/** Likely reasons why something came out otherwise, as far as phases, vitals and counts tell; empty when they do not. */
export function explainSurprise(
  comparison: Judged,
  arms: readonly ArmResult[],
  { off = 1, metric, worse }: Surprise = {},
): string[] {
  // What holds an arm up is no reason why the other is worse, and waiting for the CPU takes none of its time.
  const heldUp = worse === undefined ? arms : arms.filter(({ id }) => id === worse)
  const waiting = metric === 'cpuPerRequest' ? [] : heldUp
  return [
    ...explainChanges(comparison),
    ...explainPhases(arms),
    ...waiting.flatMap((arm) => explainCpu(comparison, arm)),
    ...heldUp.flatMap((arm) => explainGarbage(comparison, arm, metric === 'latency.p99' ? 1 : off)),
    ...explainMachine(comparison, arms, off),
    ...arms.flatMap(explainFailures),
  ]
}

/** What is this many times as much explains a good part of what is `off` so much: half of it, by the logarithm. */
function isEnough(times: number, off: number): boolean {
  return times ** 2 >= off
}

function explainChanges({ unlikeScenario = [] }: Judged): string[] {
  if (unlikeScenario.length === 0) return []
  return [`it was expected of the scenario as it is written, and this run had ${nameChanges(unlikeScenario)}`]
}

function explainFailures({ id, succeeded, failed }: ArmResult): string[] {
  const share = failed / Math.max(1, succeeded + failed)
  return share < manyFailures ? [] : [`${formatShare(share)} of the iterations of ${id} failed`]
}

/** A smaller part of the slower median explains nothing. */
const leastPhase = 0.05

/** The phase in which the medians of two arms differ most, if by anything to speak of. */
function explainPhases(arms: readonly ArmResult[]): string[] {
  const traced = arms.flatMap(({ id, phases }) =>
    phases === undefined ? [] : [{ id, p50: phases.p50, parts: partsOf(phases.p50) }],
  )
  const [one, other] = traced
  if (one === undefined || other === undefined) return []
  const names = [...phaseNames, 'other'] as const
  const weigh = (name: (typeof names)[number]) => Math.abs((one.parts[name] ?? 0) - (other.parts[name] ?? 0))
  const name = at(
    names.toSorted((a, b) => weigh(b) - weigh(a)),
    0,
  )
  if (weigh(name) < leastPhase * Math.max(one.p50.latencyUs, other.p50.latencyUs)) return []
  // What no request was seen of belongs to no phase either, and need not be the client's work.
  if (name === 'other' && traced.some(({ p50 }) => p50.untraced > 0)) return []
  const took = traced.map(({ id, parts }) => `${formatMs(parts[name] ?? 0)} ms in ${id}`).join(', ')
  return [`the medians differ most in ${phaseWords[name]}: ${took}`]
}

type Parts = Readonly<Partial<Record<keyof typeof phaseWords, number>>>

function partsOf({ phasesUs, otherUs }: NonNullable<ArmResult['phases']>['p50']): Parts {
  return { ...phasesUs, other: otherUs }
}

function explainCpu(comparison: Judged, { id, eventLoopUtilization, server }: ArmResult): string[] {
  const { workload } = comparison
  if (workload.model !== 'closed' || eventLoopUtilization <= queuingFrom) return []
  if (eventLoopUtilization > saturatedLoop) {
    const busy = `the client's event loop was busy nearly all the time for ${id}`
    const cpuShare = cpuShareOf(comparison, id)
    if (cpuShare < leastCpuWork) {
      return [`${busy}, with CPU work in only ${formatShare(cpuShare)} of it: it waited synchronously, or for a core`]
    }
    if (server === undefined) return [`${busy}: its CPU work may have set the pace`]
    const isServerToo = server.eventLoopUtilization > saturatedLoop
    return [isServerToo ? `${busy}, and so was the server's` : `${busy}: its CPU work set the pace`]
  }
  // One at a time, nobody is in front of anybody.
  if (workload.concurrency === 1) return []
  return [
    `the client's event loop was busy ${formatShare(eventLoopUtilization)} of the time for ${id}: requests may have queued for it`,
  ]
}

/** Of one process: CPU time by the time that passed. */
function cpuShareOf({ blocks, processes }: Judged, id: string): number {
  const own = blocks.filter(({ arm }) => arm === id)
  const cpuMs = sumOf(own, ({ cpuUserUs, cpuSystemUs }) => cpuUserUs + cpuSystemUs) / 1_000
  return cpuMs / sumOf(own, ({ elapsedMs }) => elapsedMs) / processes
}

function explainGarbage({ blocks }: Judged, { id }: ArmResult, off: number): string[] {
  const own = blocks.filter(({ arm }) => arm === id)
  const share = sumOf(own, ({ gcMs }) => gcMs) / sumOf(own, ({ elapsedMs }) => elapsedMs)
  return share > muchGarbage && isEnough(1 / (1 - share), off)
    ? [`garbage collection took ${formatShare(share)} of the time of ${id}`]
    : []
}

/**
 * Other work on the machine, or another clock of its CPU, slows whoever is measured just then. Arms that take turns mostly get
 * the same of it, and then it is no reason why one is worse than the other.
 */
function explainMachine({ blocks }: Judged, arms: readonly ArmResult[], off: number): string[] {
  const times = blocks
    .filter(({ arm }) => arms.some(({ id }) => id === arm))
    .flatMap(({ speedControlMs }) => speedControlMs)
    .toSorted((a, b) => a - b)
  const [fast = 1, slow = 1] = [0.1, 0.9].map((share) => times[Math.floor(share * times.length)])
  return slow / fast > unsteadySpeed && isEnough(unevennessOf(blocks, arms), off)
    ? [`the machine was not equally fast all the time: the same work took up to ${formatShare(slow / fast - 1)} longer`]
    : []
}

/** How many times as long the same work took on average for one of the arms as for another. */
function unevennessOf(blocks: Judged['blocks'], arms: readonly ArmResult[]): number {
  const means = arms.map(({ id }) => {
    const times = blocks.filter(({ arm }) => arm === id).flatMap(({ speedControlMs }) => speedControlMs)
    return sumOf(times, (ms) => ms) / times.length
  })
  return Math.max(...means) / Math.min(...means)
}
