import type { Protocol } from '../scenario/protocol.ts'
import type { ScenarioDescription } from '../scenario/resolve-scenario.ts'
import type { RoundTrips } from '../scenario/scenario-parts.ts'
import type { ArmPlan } from './plan.ts'
import type { TargetProfile } from './target-profile.ts'

/**
 * How long an iteration waits for round trips, ms, by arm, where the scenario says how many it takes. Nothing but a distance can
 * be taken away to see what is left: behind limited bandwidth, jitter or faults an iteration waits for more.
 */
export function roundTripsOf(
  { roundTrips }: Pick<ScenarioDescription, 'roundTrips'>,
  arms: readonly ArmPlan[],
  target: TargetProfile,
): Readonly<Record<string, number>> | undefined {
  if (target.kind !== 'fixture' || target.rttMs === 0 || target.conditions !== undefined) return undefined
  const waits = arms.flatMap(({ id, variant }) => {
    const count = countRoundTrips(roundTrips[variant], target.protocol)
    return count === undefined ? [] : [[id, count * target.rttMs] as const]
  })
  return waits.length === 0 ? undefined : Object.fromEntries(waits)
}

/** How many round trips an iteration takes over a protocol; undefined where the scenario does not say. */
export function countRoundTrips(roundTrips: RoundTrips | undefined, protocol: Protocol | null): number | undefined {
  if (protocol === null) return undefined
  return typeof roundTrips === 'object' ? roundTrips[protocol] : roundTrips
}
