import type { ImportRule } from '../scenario/import-rules.ts'
import type { ScenarioDescription } from '../scenario/resolve-scenario.ts'
import { type ArmProcessOptions, openArmProcess } from './supervisor.ts'

const importTimeoutMs = 20_000

export interface DescribeOptions extends ArmProcessOptions {
  /** How the version of the code that is described finds its modules. @default as Node does */
  readonly imports?: readonly ImportRule[]
}

/**
 * What a scenario module says, without its functions. It is imported in a process of its own, so that one that throws,
 * hangs or exits at import cannot take the harness with it; rejects with ArmFailure then.
 */
export async function describeScenario(scenarioUrl: string, options?: DescribeOptions): Promise<ScenarioDescription> {
  const [scenario] = await describeScenarios([scenarioUrl], options)
  return scenario as ScenarioDescription
}

/** The same of several modules that may share a process, as the bundled ones do: a list of twenty then takes a moment. */
export async function describeScenarios(
  scenarioUrls: readonly string[],
  { imports = [], ...options }: DescribeOptions = {},
): Promise<ScenarioDescription[]> {
  const armProcess = openArmProcess(options)
  try {
    const scenarios: ScenarioDescription[] = []
    for (const scenarioUrl of scenarioUrls) {
      const { scenario } = await armProcess.ask(
        { kind: 'describe', scenarioUrl, imports },
        { timeoutMs: importTimeoutMs },
      )
      scenarios.push(scenario)
    }
    return scenarios
  } finally {
    await armProcess[Symbol.asyncDispose]()
  }
}
