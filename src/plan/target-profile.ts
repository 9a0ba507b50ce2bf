import * as z from 'zod'
import { UsageError } from '../bench-error.ts'
import type { Options } from '../scenario/options.ts'
import { type Protocol, protocols } from '../scenario/protocol.ts'
import type { ScenarioDescription } from '../scenario/resolve-scenario.ts'
import { type TargetConditions, type TargetFaults, targetConditionsFields } from '../scenario/target-conditions.ts'
import { defined } from '../session/defined.ts'
import { counted } from '../words/counted.ts'

/** Where an arm's requests go: what later runs are matched by. */
export const targetSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('fixture'),
    protocol: z.enum(protocols),
    rttMs: z.number(),
    conditions: z.strictObject(targetConditionsFields).optional().describe('what is not at its default'),
  }),
  z.strictObject({
    kind: z.literal('external'),
    protocol: z.enum(protocols),
    origin: z.string(),
    name: z.string().optional().describe('what its user calls it, whatever its address is'),
    insecure: z.literal(true).optional().describe('its certificate was not verified: somebody else may have answered'),
    rttMs: z.literal(0),
  }),
  // Functions are called, nothing is sent.
  z.strictObject({ kind: z.literal('none'), protocol: z.null(), rttMs: z.literal(0) }),
])
export type TargetProfile = Readonly<z.infer<typeof targetSchema>>

type TargetChoice = Pick<Options, 'protocols' | 'rttsMs' | 'externalOrigin' | 'targetName' | 'insecure'>

/** The targets that a scenario and the user's options ask for, one per comparison. @throws UsageError */
export function makeTargets(scenario: ScenarioDescription, options: TargetChoice): TargetProfile[] {
  const { externalOrigin, protocols = scenario.protocols, rttsMs = scenario.rttsMs } = options
  const { targetName: name = scenario.targetName } = options
  if (scenario.workload.model === 'micro') return [{ kind: 'none', protocol: null, rttMs: 0 }]
  if (externalOrigin !== undefined) {
    refuseConditions(scenario)
    const protocol = externalOrigin.startsWith('https:') ? 'https' : 'http'
    const isUnverified = protocol === 'https' && options.insecure
    return [
      {
        ...{ kind: 'external', protocol, origin: externalOrigin, rttMs: 0 },
        ...defined({ name, insecure: isUnverified ? (true as const) : undefined }),
      },
    ]
  }
  return protocols.flatMap((protocol) => {
    const conditions = conditionsFor(protocol, scenario.conditions)
    return rttsMs.map((rttMs): TargetProfile => {
      return { kind: 'fixture', protocol, rttMs, ...(Object.keys(conditions).length > 0 && { conditions }) }
    })
  })
}

// A scenario about faults or proxies asks another question without them, and its answer would look like one to this.
function refuseConditions({ name, conditions }: ScenarioDescription): void {
  const asked = Object.keys(conditions).map((field) => `target.${field}`)
  if (asked.length === 0) return
  throw new UsageError(
    `'${name}' asks for ${asked.join(', ')}, which only the bundled fixture server has: leave out --target, or run a copy of the scenario without`,
  )
}

function conditionsFor(protocol: Protocol, conditions: TargetConditions): TargetConditions {
  if (protocol !== 'http') return conditions
  const { tlsVersion: _, sessionTickets: __, ...rest } = conditions
  return rest
}

/** `https, 20 ms RTT`: a target in a few words. */
export function renderTarget(target: TargetProfile): string {
  if (target.kind === 'none') return 'no target'
  if (target.kind === 'external') {
    const place = target.name === undefined ? target.origin : `${target.name} (${target.origin})`
    return target.insecure ? `${place}, CERTIFICATE NOT VERIFIED` : place
  }
  const { protocol, rttMs, conditions = {} } = target
  return [protocol, `${rttMs} ms RTT`, ...renderConditions(conditions)].join(', ')
}

function renderConditions(conditions: TargetConditions): string[] {
  const { jitterMs, bytesPerSecond, keepAliveTimeoutMs, maxRequestsPerConnection, tlsVersion } = conditions
  return [
    ...(jitterMs === undefined ? [] : [`${jitterMs} ms jitter`]),
    ...(bytesPerSecond === undefined ? [] : [renderCapacity(bytesPerSecond)]),
    ...(tlsVersion === undefined ? [] : [`TLS ${tlsVersion}`]),
    ...(conditions.sessionTickets === false ? ['no session tickets'] : []),
    ...(keepAliveTimeoutMs === undefined ? [] : [`closed after ${keepAliveTimeoutMs} ms idle`]),
    ...(maxRequestsPerConnection === undefined ? [] : [`closed after ${counted(maxRequestsPerConnection, 'request')}`]),
    ...(conditions.faults === undefined ? [] : renderFaults(conditions.faults)),
    ...(conditions.proxies ? ['with proxies'] : []),
  ]
}

function renderCapacity(capacity: NonNullable<TargetConditions['bytesPerSecond']>): string {
  if (typeof capacity === 'number') return `${capacity} B/s each way`
  const { up, down } = capacity
  return [up === undefined ? [] : [`${up} B/s up`], down === undefined ? [] : [`${down} B/s down`]].flat().join(', ')
}

function renderFaults({ stall, latency, errorRate, errorStatus, resetRate, resetReused }: TargetFaults): string[] {
  return [
    ...(stall === undefined ? [] : [`stalls ${stall.forMs} of ${stall.everyMs} ms`]),
    ...(latency === undefined ? [] : [`${latency.law} latency of ${latency.meanMs} ms`]),
    ...(errorRate === undefined ? [] : [`error rate ${errorRate} (status ${errorStatus ?? 503})`]),
    ...(resetRate === undefined ? [] : [`reset rate ${resetRate}`]),
    ...(resetReused === undefined ? [] : [`reset rate ${resetReused} on reused connections`]),
  ]
}
