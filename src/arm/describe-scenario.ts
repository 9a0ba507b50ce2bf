import { noReach, type Reach } from '../plan/reach.ts'
import type { ImportRule } from '../scenario/import-rules.ts'
import type { ScenarioDescription } from '../scenario/resolve-scenario.ts'
import type { ArmHost, ArmProcessOptions } from './arm-host.ts'
import type { ArmReplyTo } from './messages.ts'

const importTimeoutMs = 20_000

interface DescribeOptions extends ArmProcessOptions {
  /** Where the modules are imported. */
  readonly host: ArmHost
  /** How the version of the code that is described finds its modules. @default as Node does */
  readonly imports?: readonly ImportRule[]
  /** Where modules may go as they are imported, beside this machine. @default nowhere */
  readonly reach?: Reach
}

/**
 * What a scenario module says, without its functions. It is imported in a process of its own, so that one that throws,
 * hangs or exits at import cannot take the harness with it; rejects with ArmFailure then, or LoadStopped for one that goes
 * where it may not.
 */
export async function describeScenario(scenarioUrl: string, options: DescribeOptions): Promise<ScenarioDescription> {
  const [scenario] = await describeScenarios([scenarioUrl], options)
  return scenario as ScenarioDescription
}

/** The same of several modules that may share a process, as the bundled ones do: a list of twenty then takes a moment. */
export async function describeScenarios(
  scenarioUrls: readonly string[],
  options: DescribeOptions,
): Promise<ScenarioDescription[]> {
  return (await describeAll(scenarioUrls, options)).map(({ scenario }) => scenario)
}

/** A scenario in one version of the code, and the modules (URLs) that its other version had to lend. */
export async function describeVersion(
  scenarioUrl: string,
  options: DescribeOptions,
): Promise<Omit<ArmReplyTo<'describe'>, 'kind'>> {
  const [version] = await describeAll([scenarioUrl], options)
  return version as ArmReplyTo<'describe'>
}

async function describeAll(
  scenarioUrls: readonly string[],
  { host, imports = [], reach = noReach, ...options }: DescribeOptions,
): Promise<ArmReplyTo<'describe'>[]> {
  const armProcess = host.open(1, options)
  try {
    const replies: ArmReplyTo<'describe'>[] = []
    for (const scenarioUrl of scenarioUrls) {
      const request = { kind: 'describe', scenarioUrl, imports, reach } as const
      replies.push(await armProcess.ask(request, { timeoutMs: importTimeoutMs }))
    }
    return replies
  } finally {
    await armProcess[Symbol.asyncDispose]()
  }
}
