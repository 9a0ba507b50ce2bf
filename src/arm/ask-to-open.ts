import type { ArmPlan, ComparisonPlan } from '../plan/plan.ts'
import type { TargetAddress } from '../plan/target-address.ts'
import type { ArmProcess } from './arm-host.ts'

/** What a plan says of how its arms are opened. */
type OpeningPlan = Pick<ComparisonPlan, 'scenarioUrl' | 'workload' | 'variantPer' | 'phases' | 'reach'>

interface OpeningOptions {
  readonly target: TargetAddress
  /** Of the order of feeds: the same for all arms of a comparison. */
  readonly seed: number
}

const openTimeoutMs = 30_000

/** Opens arms of one version of the code in a process. */
export async function askToOpen(
  process: ArmProcess,
  arms: readonly ArmPlan[],
  { scenarioUrl, workload, variantPer, phases, reach }: OpeningPlan,
  { target, seed }: OpeningOptions,
): Promise<void> {
  // Arms of different code have a process each, so the first speaks for all of a process.
  const code = arms[0]?.code ?? { scenarioUrl, imports: [] }
  await process.ask(
    {
      ...{ kind: 'open', scenarioUrl: code.scenarioUrl, imports: code.imports },
      ...{ arms, target, workload, variantPer, phases, reach, seed },
    },
    { timeoutMs: openTimeoutMs },
  )
}
