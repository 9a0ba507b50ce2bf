import type { ArmProcessOptions } from '../arm/arm-host.ts'
import { describeScenario, describeScenarios } from '../arm/describe-scenario.ts'
import { UsageError } from '../bench-error.ts'
import { findConflicts } from '../plan/find-conflicts.ts'
import { makeReach } from '../plan/reach.ts'
import { defaultScenario, findBundledScenarios, requireScenario } from '../scenario/find.ts'
import type { Options } from '../scenario/options.ts'
import type { ScenarioDescription } from '../scenario/resolve-scenario.ts'
import { type Selection, selectScenarios } from '../scenario/suites.ts'
import { defined } from '../session/defined.ts'
import type { Hosted } from './measure-options.ts'

interface ChooseOptions extends Selection, ArmProcessOptions, Options, Hosted {
  /** Where relative paths start. @default process.cwd() */
  readonly workingFolder?: string
}

/**
 * What the chosen scenarios say: those named, and the bundled ones of a suite or with a tag. Rejects with UsageError for an
 * option that a named one has no use for.
 */
export async function chooseScenarios(
  names: readonly string[],
  options: ChooseOptions,
): Promise<ScenarioDescription[]> {
  const { workingFolder = process.cwd(), host, signal, onOutput } = options
  const context = { host, ...defined({ signal, onOutput }) }
  const reach = makeReach(options)
  const urls = names.map((name) => requireScenario(name, workingFolder))
  const selected = isSelecting(options) ? await describeSelected(options, context) : []
  const named: ScenarioDescription[] = []
  for (const url of urls) named.push(await describeScenario(url, { ...context, reach }))
  checkConflicts(named, options)
  return [...selected, ...named]
}

/** Of a suite some scenarios may have no use for an option; one that was named must not ignore what was asked of it. */
function checkConflicts(named: readonly ScenarioDescription[], options: ChooseOptions): void {
  const problems = named.flatMap((scenario) => findConflicts(scenario, options))
  if (problems.length > 0) throw new UsageError(`these options cannot be run:\n  ${problems.join('\n  ')}`)
}

/** The names to choose by: where nobody says anything, that of the default. */
export function namesOrDefault(names: readonly string[], selection: Selection): readonly string[] {
  return names.length > 0 || isSelecting(selection) ? names : [defaultScenario]
}

/** Whether scenarios are chosen by what they are for. */
export function isSelecting({ suite, tags }: Selection): boolean {
  return suite !== undefined || tags !== undefined
}

async function describeSelected(
  selection: Selection,
  context: ArmProcessOptions & Hosted,
): Promise<ScenarioDescription[]> {
  const scenarios = await describeScenarios([...findBundledScenarios().values()], context)
  const selected = selectScenarios(scenarios, selection)
  if (selected.length > 0) return selected
  const known = [...new Set(scenarios.flatMap(({ tags }) => tags))].sort().join(', ')
  throw new UsageError(`no bundled scenario has these tags: expected any of ${known}`)
}
