import type { ScenarioDescription } from '../scenario/resolve-scenario.ts'
import { type ArmProcessOptions, openArmProcess } from './supervisor.ts'

const importTimeoutMs = 20_000

/**
 * What a scenario module says, without its functions. It is imported in a process of its own, so that one that throws,
 * hangs or exits at import cannot take the harness with it; rejects with ArmFailure then.
 */
export async function describeScenario(scenarioUrl: string, options?: ArmProcessOptions): Promise<ScenarioDescription> {
  await using armProcess = openArmProcess(options)
  const { scenario } = await armProcess.ask({ kind: 'describe', scenarioUrl }, { timeoutMs: importTimeoutMs })
  return scenario
}
