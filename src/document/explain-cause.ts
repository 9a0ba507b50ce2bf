import type { ContrastResult } from '../judge/judge-comparison.ts'
import { type EngineName, engineOf } from '../scenario/engine-name.ts'
import { formatCounted } from '../words/format.ts'
import type { ArmResult, ComparisonResult } from './model.ts'

/** Engines that open connections themselves. */
const openers: ReadonlySet<EngineName> = new Set(['raw', 'autocannon'])

/** Less than this many connections and handshakes per request of a difference is none to speak of. */
const leastDifference = 0.05

/**
 * What the arm that needed more paid per request in connections and handshakes. That is counted. What it comes to in round
 * trips is said only where the medians differ by as much: requests may run beside each other, or something else take longer.
 */
export function explainCause(comparison: ComparisonResult, { arm, baseline }: ContrastResult): string | undefined {
  const { arms, workload } = comparison
  // Kept connections are opened before the time begins: they are not what makes the difference.
  if (openers.has(engineOf(workload))) return undefined
  const pair = [baseline, arm].flatMap((id) => arms.find((other) => other.id === id) ?? [])
  const [dear, cheap] = pair.toSorted((a, b) => costOf(b) - costOf(a))
  if (dear === undefined || cheap === undefined || costOf(dear) - costOf(cheap) < leastDifference) return undefined
  return `${describePaid(dear, cheap)}${describeRoundTrips(dear, cheap, comparison)}`
}

/** What an arm paid per request in connections and handshakes; undefined where that is none to speak of. */
export function describeOwnCost(arm: ArmResult): string | undefined {
  return costOf(arm) < leastDifference ? undefined : describePaid(arm, undefined)
}

/** How many requests an iteration sends. */
export function requestsPerIteration(arm: ArmResult): number {
  return perIteration(arm, arm.loadRequests)
}

function describePaid(dear: ArmResult, cheap: ArmResult | undefined): string {
  const isAll = cheap === undefined || costOf(cheap) < leastDifference
  const of = (count: (arm: ArmResult) => number) => perRequest(dear, count) - (isAll ? 0 : perRequest(cheap, count))
  const [connections, handshakes] = [of(connectionsOf), of(handshakesOf)]
  const paid = [
    ...(connections > 0 ? [formatCounted(connections, 'connection')] : []),
    ...(handshakes > 0 ? [formatCounted(handshakes, 'handshake')] : []),
  ].join(' and ')
  return `${dear.id} paid ${paid}${isAll ? '' : ' more'} per request${isAll ? '' : ` than ${cheap.id}`}`
}

/** The medians may differ by this much from what the round trips come to: half of one, or a fifth of all. */
const tolerance = { ofOne: 0.5, ofAll: 0.2 }

function describeRoundTrips(dear: ArmResult, cheap: ArmResult, { target }: ComparisonResult): string {
  if (target.rttMs === 0) return ''
  const isOld = target.kind === 'fixture' && target.conditions?.tlsVersion === '1.2'
  const counted = countRoundTrips(dear, isOld) - countRoundTrips(cheap, isOld)
  const measured = (dear.latency.p50Us - cheap.latency.p50Us) / 1_000 / target.rttMs
  const isBorneOut = Math.abs(measured - counted) <= Math.max(tolerance.ofOne, tolerance.ofAll * counted)
  if (counted < tolerance.ofOne || !isBorneOut) return ''
  const trips = Math.abs(counted - Math.round(counted)) < leastDifference ? Math.round(counted) : counted
  const what = `${formatCounted(trips, 'round trip')} of ${target.rttMs} ms`
  const [own, other] = [perIteration(dear, dear.loadRequests), perIteration(cheap, cheap.loadRequests)]
  if (isAboutOne(own) && isAboutOne(other)) return `, that is ${what}`
  const sends =
    Math.abs(own - other) < leastDifference ? '' : ` and sent ${requestsOf(own)} (${cheap.id} ${requestsOf(other)})`
  return `${sends}, that is ${what} per iteration`
}

function requestsOf(count: number): string {
  return formatCounted(count, 'request')
}

function isAboutOne(requests: number): boolean {
  return Math.abs(requests - 1) < leastDifference
}

/** Of one iteration: one for TCP, one for TLS and two for a full handshake in TLS 1.2 or older, one for each request. */
function countRoundTrips({ carriers, loadRequests, ...arm }: ArmResult, isOld: boolean): number {
  const { connections, handshakesFull, handshakesResumed } = carriers
  const { handshakesFullTls12 = isOld ? handshakesFull : 0 } = carriers
  return perIteration(arm, connections + handshakesFull + handshakesFullTls12 + handshakesResumed + loadRequests)
}

function connectionsOf({ carriers }: ArmResult): number {
  return carriers.connections
}

function handshakesOf({ carriers }: ArmResult): number {
  return carriers.handshakesFull + carriers.handshakesResumed
}

function costOf(arm: ArmResult): number {
  return perRequest(arm, (each) => connectionsOf(each) + handshakesOf(each))
}

function perRequest(arm: ArmResult, count: (arm: ArmResult) => number): number {
  return arm.wire.requests === 0 ? 0 : count(arm) / arm.wire.requests
}

function perIteration({ succeeded, failed }: Pick<ArmResult, 'succeeded' | 'failed'>, count: number): number {
  return succeeded + failed === 0 ? 0 : count / (succeeded + failed)
}
