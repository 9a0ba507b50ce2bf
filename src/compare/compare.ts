import { randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describeVersion } from '../arm/describe-scenario.ts'
import { UsageError } from '../bench-error.ts'
import type { RunEvent } from '../document/run-event.ts'
import { makeReach } from '../plan/reach.ts'
import { chooseScenarios } from '../run/choose-scenarios.ts'
import { contextOf, type EventListener, type Hosted, plansUnlessAborted } from '../run/measure-options.ts'
import { measurePlans } from '../run/measure-plans.ts'
import { checkOptions, type RunOptions } from '../run/run.ts'
import type { ImportRule } from '../scenario/import-rules.ts'
import type { ScenarioDescription } from '../scenario/resolve-scenario.ts'
import { defined } from '../session/defined.ts'
import { makeVersionPlans, type ScenarioVersions, type VersionPlanOptions } from './make-version-plans.ts'
import { type BaseOptions, openBase } from './open-base.ts'

/** What to compare with, and how to measure; every field of Options overrides the scenario's own value. */
export interface CompareOptions
  extends Omit<RunOptions, 'isolation'>,
    Pick<BaseOptions, 'base' | 'baseSetup'>,
    Pick<VersionPlanOptions, 'tolerances'> {
  /** Only these variants. @default all that both versions have */
  readonly variants?: readonly string[] | undefined
  /** Where bases are kept, checked out or installed. @default `$XDG_CACHE_HOME/sessionbench/bases` */
  readonly cacheFolder?: string | undefined
}

/**
 * Measures two versions of the code side by side, interleaved, and tells everything that happens; throws UsageError for a base
 * that cannot be had.
 */
export async function* tellComparison(
  names: readonly string[],
  options: Omit<CompareOptions, keyof EventListener> & Hosted,
): AsyncGenerator<RunEvent, void, void> {
  checkOptions(names, options)
  const seed = options.seed ?? randomInt(2 ** 32)
  const make = async () => {
    const scenarios = await chooseScenarios(names, options)
    const versions: ScenarioVersions[] = []
    for (const scenario of scenarios) versions.push(await openVersions(scenario, options))
    return makeVersionPlans(versions, { ...options, seed })
  }
  const plans = await plansUnlessAborted(make, options.signal)
  yield* measurePlans(plans, { ...contextOf(options), seed })
}

async function openVersions(
  scenario: ScenarioDescription,
  options: CompareOptions & Hosted,
): Promise<ScenarioVersions> {
  const { workingFolder = process.cwd(), host, signal, onOutput, variants: wanted = scenario.variants } = options
  const unknown = wanted.find((variant) => !scenario.variants.includes(variant))
  if (unknown !== undefined) {
    throw new UsageError(
      `${scenario.name} has no variant '${unknown}': expected one of ${scenario.variants.join(', ')}`,
    )
  }
  const { code, headLabel, notes } = await openBase(scenario.url, { ...options, workingFolder })
  const context = { host, ...defined({ signal, onOutput }) }
  const reach = makeReach(options)
  const base = await describeVersion(code.scenarioUrl, { ...context, reach, imports: code.imports })
  const { variants: known } = base.scenario
  const variants = wanted.filter((variant) => known.includes(variant))
  if (variants.length === 0) {
    throw new UsageError(`${code.label} has none of the variants ${wanted.join(', ')}: it has ${known.join(', ')}`)
  }
  const head = { role: 'head' as const, label: headLabel, scenarioUrl: scenario.url, imports: [] }
  return {
    scenario,
    variants,
    head,
    base: code,
    notes: [
      ...notes,
      ...noteDifferences(scenario, code.scenarioUrl, wanted, variants),
      ...noteFallbacks(base.fallbacks, code.imports),
    ],
  }
}

/** What a reader has to know before taking a difference for one of the code under test. */
function noteDifferences(
  scenario: ScenarioDescription,
  baseUrl: string,
  wanted: readonly string[],
  common: readonly string[],
): string[] {
  const missing = wanted.filter((variant) => !common.includes(variant))
  const isChanged = readModule(scenario.url) !== readModule(baseUrl)
  return [
    ...(isChanged ? ['the scenario itself differs between base and head: a difference may be its own'] : []),
    ...(missing.length > 0 ? [`the base has no ${missing.join(', ')}: not compared`] : []),
  ]
}

const mostNamed = 5

/** What both versions run is no difference between them, whatever the head has made of it. */
function noteFallbacks(fallbacks: readonly string[], imports: readonly ImportRule[]): string[] {
  if (fallbacks.length === 0) return []
  const heads = imports.flatMap((rule) => (rule.kind === 'tree' ? [rule.head] : []))
  const names = [...new Set(fallbacks.map((url) => nameModule(url, heads)))]
  const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : ''
  return [`the base has no ${names.slice(0, mostNamed).join(', ')}${more}: what the head has is used in both`]
}

/** A package by its name, a file by its path within the project. */
function nameModule(url: string, heads: readonly string[]): string {
  const [, name] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? []
  if (name !== undefined) return `package ${name}`
  const head = heads.find((root) => url.startsWith(root)) ?? ''
  return decodeURIComponent(url.slice(head.length))
}

function readModule(url: string): string {
  return readFileSync(fileURLToPath(url), 'utf8')
}
