import type { ArmProcess } from '../arm/arm-host.ts'
import { askToOpen } from '../arm/ask-to-open.ts'
import type { CertifyResults, CertifyTask } from '../engine/certify/certify.ts'
import { makePlan } from '../plan/make-plan.ts'
import type { MeasureContext } from '../run/measure-context.ts'
import type { ScenarioDescription } from '../scenario/resolve-scenario.ts'
import { openTargets } from '../target/open-target.ts'

/** A process with one client in it, whose engine answers questions about itself. */
export interface MachineArm extends AsyncDisposable {
  /** The most iterations that the client is made for. */
  readonly concurrency: number
  ask<Task extends CertifyTask>(task: Task): Promise<CertifyResults[Task['kind']]>
}

const taskTimeoutMs = 120_000
const concurrency = 10

/** Opens a variant of a scenario against the fixture server, at no distance. */
export async function openMachineArm(
  scenario: ScenarioDescription,
  variant: string,
  { host, ...options }: MeasureContext,
): Promise<MachineArm> {
  const targets = openTargets()
  let armProcess: ArmProcess | undefined
  const close = async () => {
    await armProcess?.[Symbol.asyncDispose]()
    await targets[Symbol.asyncDispose]()
  }
  try {
    const [plan] = makePlan(scenario, { seed: 1, protocols: ['http'], rttsMs: [0], concurrency }).comparisons
    const arm = plan?.arms.find((candidate) => candidate.variant === variant)
    if (plan === undefined || arm === undefined) throw new Error(`the scenario has no variant '${variant}'`)
    const target = await targets.open(plan.target, 1)
    const opened = host.open(1, options)
    armProcess = opened
    const opening = { ...plan, variantPer: 'process', phases: false } as const
    await askToOpen(opened, [arm], opening, { target: target.address, seed: 1 })
    const ask: MachineArm['ask'] = async (task) => {
      const reply = await opened.ask({ kind: 'certify', arm: arm.id, task }, { timeoutMs: taskTimeoutMs })
      return reply.result as never
    }
    return { concurrency, ask, [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
    throw error
  }
}
