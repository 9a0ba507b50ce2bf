import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BenchError } from '../bench-error.ts'
import type { AnyScenario, Sweep } from './define.ts'
import { registerOwnPackage } from './own-package.ts'
import { resolveScenario, type ScenarioDescription } from './resolve-scenario.ts'
import { type ScenarioProblem, validateScenario } from './validate.ts'

/** A scenario in the process that runs it: the functions, and everything else as data. */
export interface LoadedScenario {
  readonly scenario: AnyScenario<string, Sweep>
  readonly description: ScenarioDescription
}

/** A module that is not a valid scenario, with all its problems. */
export class InvalidScenario extends BenchError {
  override readonly name = 'InvalidScenario'
  readonly problems: readonly ScenarioProblem[]

  constructor(url: string, problems: readonly ScenarioProblem[]) {
    const list = problems.map(({ path, message }) => `\n  ${path}: ${message}`).join('')
    super('INVALID_SCENARIO', `${fileURLToPath(url)} is not a valid scenario:${list}`)
    this.problems = problems
  }
}

let registered = false

/** Imports a scenario module (a file URL) with Node's own type stripping. Throws InvalidScenario, or what the module threw. */
export async function loadScenario(url: string): Promise<LoadedScenario> {
  if (!registered) registerOwnPackage()
  registered = true
  const module: { default?: unknown } = await import(url)
  const checked = validateScenario(module.default)
  if ('problems' in checked) throw new InvalidScenario(url, checked.problems)
  const name = basename(fileURLToPath(url)).replace(/\.[cm]?[jt]s$/, '')
  return { scenario: checked.scenario, description: resolveScenario(checked.scenario, { name, url }) }
}
