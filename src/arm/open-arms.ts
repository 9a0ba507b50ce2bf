import { systemClock } from '../engine/clock.ts'
import { type BlockPhase, runBlock } from '../engine/run-block.ts'
import type { WireProbe } from '../engine/wire-probe.ts'
import type { ArmPlan } from '../plan/make-plan.ts'
import type { MeasuredBlock } from '../sample/block.ts'
import type { RunIteration, Target, Variant } from '../scenario/define.ts'
import type { LoadedScenario } from '../scenario/load.ts'
import type { ResolvedWorkload } from '../scenario/resolve-scenario.ts'
import type { ArmRequest, TargetAddress } from './messages.ts'

/** The arms of this process, made and ready to run. */
export interface OpenArms {
  runBlock(request: { arm: string; durationMs: number; phase: BlockPhase; seed: number }): Promise<MeasuredBlock>
  close(): Promise<void>
}

/** Makes every arm's variant. When one fails to be made, those before it are closed again. */
export async function openArms(
  { scenario }: LoadedScenario,
  request: Extract<ArmRequest, { kind: 'open' }>,
  probe: WireProbe,
): Promise<OpenArms> {
  const target = makeTarget(request.target)
  const opened = new Map<string, { run: RunIteration; close: () => unknown }>()
  const close = async () => {
    for (const arm of opened.values()) await arm.close()
    opened.clear()
  }
  try {
    const concurrency = inFlightOf(request.workload)
    for (const arm of request.arms) {
      opened.set(arm.id, await openArm(scenario.variants, arm, { target, concurrency }))
    }
  } catch (error) {
    await close()
    throw error
  }
  return {
    runBlock({ arm, durationMs, phase, seed }) {
      const run = opened.get(arm)?.run
      if (run === undefined) throw new Error(`no arm '${arm}' lives in this process`)
      return runBlock({ run, workload: request.workload, durationMs, phase, seed, clock: systemClock, probe })
    },
    close,
  }
}

function inFlightOf(workload: ResolvedWorkload): number {
  return workload.model === 'closed' ? workload.concurrency : workload.maxInFlight
}

async function openArm(
  variants: LoadedScenario['scenario']['variants'],
  arm: ArmPlan,
  context: { readonly target: Target; readonly concurrency: number },
) {
  const make = variants[arm.variant]
  if (make === undefined) throw new Error(`the scenario has no variant '${arm.variant}'`)
  const variant: Variant = await make({ ...context, params: arm.params })
  if (typeof variant === 'function') return { run: variant, close: () => undefined }
  if (typeof variant?.run !== 'function') {
    throw new TypeError(
      `variants.${arm.variant} made ${typeof variant}; expected a function, or an object with a run function`,
    )
  }
  return { run: variant.run.bind(variant), close: () => variant.close?.() }
}

function makeTarget({ profile, origin, ca }: TargetAddress): Target {
  return { protocol: profile.protocol, rttMs: profile.rttMs, origin, ca, url: (path) => origin + path }
}
