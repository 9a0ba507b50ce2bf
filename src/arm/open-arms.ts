import { fromMachineMs, systemClock, toMachineMs } from '../engine/clock.ts'
import type { PhaseTracer } from '../engine/phase-tracer.ts'
import { type OpenArm, runBlock } from '../engine/run-block.ts'
import type { WireProbe } from '../engine/wire-probe.ts'
import { shardWorkload, wholeShard } from '../plan/shard.ts'
import type { Target } from '../scenario/define.ts'
import type { LoadedScenario } from '../scenario/load.ts'
import type { ResolvedWorkload } from '../scenario/resolve-scenario.ts'
import type { ArmReplyTo, ArmRequest, TargetAddress } from './messages.ts'
import { openArm } from './open-arm.ts'

/** The arms of this process, made and ready to run. */
export interface OpenArms {
  runBlock(request: Omit<Extract<ArmRequest, { kind: 'block' }>, 'kind'>): Promise<Omit<ArmReplyTo<'block'>, 'kind'>>
  close(): Promise<void>
}

/** Makes every arm's variant, unless each block makes its own. When one fails to be made, those before it are closed again. */
export async function openArms(
  { scenario }: LoadedScenario,
  { arms, workload, variantPer, shard = wholeShard, ...request }: Extract<ArmRequest, { kind: 'open' }>,
  watch: { readonly probe: WireProbe; readonly tracer: PhaseTracer | undefined },
): Promise<OpenArms> {
  const context = {
    target: makeTarget(request.target),
    concurrency: inFlightOf(shardWorkload(workload, shard)),
    workload,
    shard,
  }
  const opened = new Map<string, OpenArm>()
  const close = async () => {
    for (const variant of opened.values()) await variant.close()
    opened.clear()
  }
  const makers = new Map(arms.map((arm) => [arm.id, () => openArm(scenario, arm, context)]))
  try {
    if (variantPer === 'process') for (const [id, make] of makers) opened.set(id, await make())
  } catch (error) {
    await close()
    throw error
  }
  return {
    async runBlock({ arm, startAtMs, ...block }) {
      const make = makers.get(arm)
      if (make === undefined) throw new Error(`no arm '${arm}' lives in this process`)
      const kept = opened.get(arm)
      const open = kept === undefined ? make : async () => ({ ...kept, close: async () => {} })
      const clock = systemClock
      const startMs = startAtMs === undefined ? undefined : fromMachineMs(clock, startAtMs)
      const run = await runBlock({ ...block, open, workload, shard, startMs, clock, ...watch })
      return { ...run, startedAtMs: toMachineMs(clock, run.startMs) }
    },
    close,
  }
}

function inFlightOf(workload: ResolvedWorkload): number {
  switch (workload.model) {
    case 'closed':
      return workload.concurrency
    case 'open':
      return workload.maxInFlight
    case 'raw':
    case 'micro':
      return 1
    default:
      return workload satisfies never
  }
}

function makeTarget({ profile, origin, ca, proxies }: TargetAddress): Target | undefined {
  if (profile.kind === 'none') return undefined
  const { protocol, rttMs } = profile
  const target = { protocol, rttMs, origin, ca, url: (path: string) => origin + path }
  // A variant that gets no proxy where it expects one would go there directly, and be measured as if it had not.
  return Object.defineProperty(target, 'proxies', { get: () => proxies ?? refuseProxies() }) as Target
}

function refuseProxies(): never {
  throw new Error('the scenario does not ask for proxies: add target: { proxies: true } to it')
}
