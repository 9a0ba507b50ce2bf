import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BenchError } from '../bench-error.ts'
import type { AnyScenario, Scenario } from './define.ts'
import type { ScenarioProblem } from './engine-problems.ts'
import { type ImportRule, type ImportWatch, registerImportRules } from './import-rules.ts'
import { FeedProblem, type LoadedFeed, loadFeed } from './load-feed.ts'
import { isOwnCheckout, registerOwnPackage } from './own-package.ts'
import { registerProjectModules } from './project-modules.ts'
import { resolveScenario, type ScenarioDescription } from './resolve-scenario.ts'
import type { Sweep } from './scenario-parts.ts'
import { validateScenario } from './validate.ts'

/** A scenario in the process that runs it: the functions, and everything else as data. */
export interface LoadedScenario {
  readonly scenario: AnyScenario<string, Sweep>
  readonly description: ScenarioDescription
  readonly feeds: LoadedFeeds
}

/** The data of iterations and of virtual users. */
export interface LoadedFeeds {
  readonly feed?: LoadedFeed
  readonly userFeed?: LoadedFeed
}

/** Nobody mends more than these at once. */
const mostProblems = 20

/** A module that is not a valid scenario, with its problems. */
export class InvalidScenario extends BenchError {
  override readonly name = 'InvalidScenario'
  readonly problems: readonly ScenarioProblem[]

  constructor(url: string, problems: readonly ScenarioProblem[]) {
    const list = problems.slice(0, mostProblems).map(({ path, message }) => `\n  ${path}: ${message}`)
    const more = problems.length > mostProblems ? `\n  and ${problems.length - mostProblems} more` : ''
    super('INVALID_SCENARIO', `${fileURLToPath(url)} is not a valid scenario:${list.join('')}${more}`)
    this.problems = problems
  }
}

/** Imports scenarios into this process, in one version of the code. */
export interface ScenarioLoader extends Disposable {
  /**
   * Imports a scenario module (a file URL) with Node's own type stripping. Throws InvalidScenario, or what the module threw.
   * The import rules are those of the version of the code that the loader is for: the first call decides.
   */
  load(url: string, imports?: readonly ImportRule[]): Promise<LoadedScenario>
  /** The modules of another version of the code that stand in for ones that the loader's version does not have, as URLs. */
  listFallbacks(): string[]
  /** Throws when a package that was to be imported in another version was never imported. */
  checkPackagesUsed(): void
}

/** Makes a loader; nothing is changed before it loads, and what is imported once it is disposed of is found as Node finds it. */
export function makeScenarioLoader(): ScenarioLoader {
  let watch: ImportWatch | undefined
  return {
    load(url, imports = []) {
      watch ??= registerImports(url, imports)
      return loadScenario(url)
    },
    listFallbacks: () => watch?.fallbacks() ?? [],
    checkPackagesUsed() {
      const [name] = watch?.unusedPackages() ?? []
      if (name !== undefined) throw sayUnused(name)
    },
    [Symbol.dispose]: () => watch?.end(),
  }
}

async function loadScenario(url: string): Promise<LoadedScenario> {
  const module: { default?: unknown } = await import(url)
  const checked = validateScenario(module.default)
  if ('problems' in checked) throw new InvalidScenario(url, checked.problems)
  const { scenario } = checked
  const name = basename(fileURLToPath(url)).replace(/\.[cm]?[jt]s$/, '')
  return { scenario, description: resolveScenario(scenario, { name, url }), feeds: loadFeeds(scenario, url) }
}

function loadFeeds(scenario: AnyScenario<string, Sweep>, url: string): LoadedFeeds {
  const problems: ScenarioProblem[] = []
  const load = (name: 'feed' | 'userFeed'): LoadedFeeds => {
    const feed = name in scenario ? (scenario as Scenario)[name] : undefined
    try {
      return feed === undefined ? {} : { [name]: loadFeed(feed, url) }
    } catch (error) {
      if (!(error instanceof FeedProblem)) throw error
      problems.push({ path: name, message: error.message })
      return {}
    }
  }
  const feeds = { ...load('feed'), ...load('userFeed') }
  if (problems.length > 0) throw new InvalidScenario(url, problems)
  return feeds
}

function registerImports(url: string, imports: readonly ImportRule[]): ImportWatch {
  const checkouts = imports.flatMap((rule) => (rule.kind === 'tree' && isOwnCheckout(rule.base) ? [rule.base] : []))
  const ends = [registerProjectModules(), registerOwnPackage(checkouts)]
  const rules = registerImportRules(imports, url)
  return {
    ...rules,
    end() {
      for (const end of [...ends, rules.end]) end()
    },
  }
}

function sayUnused(name: string): BenchError {
  return new BenchError(
    'USAGE',
    `the scenario never imports '${name}' itself, so its other version makes no difference (packages that it imports keep the version that they depend on)`,
  )
}
