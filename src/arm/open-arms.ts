import { systemClock } from '../engine/clock.ts'
import { type BlockPhase, type OpenVariant, runBlock } from '../engine/run-block.ts'
import type { WireProbe } from '../engine/wire-probe.ts'
import type { ArmPlan } from '../plan/make-plan.ts'
import type { MeasuredBlock } from '../sample/block.ts'
import type { Target, Variant } from '../scenario/define.ts'
import type { LoadedScenario } from '../scenario/load.ts'
import type { ResolvedWorkload } from '../scenario/resolve-scenario.ts'
import type { ArmRequest, TargetAddress } from './messages.ts'

/** The arms of this process, made and ready to run. */
export interface OpenArms {
  runBlock(request: { arm: string; durationMs: number; phase: BlockPhase; seed: number }): Promise<MeasuredBlock>
  close(): Promise<void>
}

/** Makes every arm's variant, unless each block makes its own. When one fails to be made, those before it are closed again. */
export async function openArms(
  { scenario }: LoadedScenario,
  { arms, workload, variantPer, ...request }: Extract<ArmRequest, { kind: 'open' }>,
  probe: WireProbe,
): Promise<OpenArms> {
  const context = { target: makeTarget(request.target), concurrency: inFlightOf(workload) }
  const opened = new Map<string, OpenVariant>()
  const close = async () => {
    for (const variant of opened.values()) await variant.close()
    opened.clear()
  }
  const makers = new Map(arms.map((arm) => [arm.id, () => openVariant(scenario.variants, arm, context)]))
  try {
    if (variantPer === 'process') for (const [id, make] of makers) opened.set(id, await make())
  } catch (error) {
    await close()
    throw error
  }
  return {
    runBlock({ arm, ...block }) {
      const make = makers.get(arm)
      if (make === undefined) throw new Error(`no arm '${arm}' lives in this process`)
      const kept = opened.get(arm)
      const open = kept === undefined ? make : async () => ({ ...kept, close: async () => {} })
      return runBlock({ ...block, open, workload, clock: systemClock, probe })
    },
    close,
  }
}

function inFlightOf(workload: ResolvedWorkload): number {
  return workload.model === 'closed' ? workload.concurrency : workload.maxInFlight
}

async function openVariant(
  variants: LoadedScenario['scenario']['variants'],
  arm: ArmPlan,
  context: { readonly target: Target; readonly concurrency: number },
): Promise<OpenVariant> {
  const make = variants[arm.variant]
  if (make === undefined) throw new Error(`the scenario has no variant '${arm.variant}'`)
  const variant: Variant = await make({ ...context, params: arm.params })
  if (typeof variant === 'function') return { run: variant, close: async () => {} }
  if (typeof variant?.run !== 'function') {
    throw new TypeError(
      `variants.${arm.variant} made ${typeof variant}; expected a function, or an object with a run function`,
    )
  }
  return { run: variant.run.bind(variant), close: async () => void (await variant.close?.()) }
}

function makeTarget({ profile, origin, ca, proxies }: TargetAddress): Target {
  const { protocol, rttMs } = profile
  const target = { protocol, rttMs, origin, ca, url: (path: string) => origin + path }
  // A variant that gets no proxy where it expects one would go there directly, and be measured as if it had not.
  return Object.defineProperty(target, 'proxies', { get: () => proxies ?? refuseProxies() }) as Target
}

function refuseProxies(): never {
  throw new Error('the scenario does not ask for proxies: add target: { proxies: true } to it')
}
