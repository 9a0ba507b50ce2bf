import { type ResolveHookSync, registerHooks } from 'node:module'
import { isHarnessFile } from './own-package.ts'

/** How the processes of one version of the code find its modules; plain data. Folders are URLs that end in a slash. */
export type ImportRule =
  /** The project's own imports of a package get the copy that is installed in the folder `from`. */
  | { readonly kind: 'package'; readonly name: string; readonly from: string }
  /** What the project's files in `head` import is looked for from the same place in `base` first. */
  | { readonly kind: 'tree'; readonly head: string; readonly base: string }

/** Which rules came to be used. */
export interface ImportWatch {
  /** Packages that nothing has imported yet: their other version makes no difference. */
  unusedPackages(): string[]
  /** Modules of `head` that stand in for ones that `base` does not have, as URLs. */
  fallbacks(): string[]
  /** Imports follow the rules no more. */
  end(): void
}

/** Makes the imports of this process follow the rules from now on. Packages keep what they depend on themselves. */
export function registerImportRules(rules: readonly ImportRule[], scenarioUrl: string): ImportWatch {
  const used = new Set<ImportRule>()
  const fallbacks = new Set<string>()
  const resolve: ResolveHookSync = (specifier, context, nextResolve) => {
    const { parentURL } = context
    const rule = isProjectFile(parentURL, scenarioUrl) ? ruleFor(specifier, parentURL, rules) : undefined
    if (rule === undefined) return nextResolve(specifier, context)
    used.add(rule.rule)
    const other = { ...context, parentURL: rule.parentUrl }
    if (rule.rule.kind === 'package') return nextResolve(specifier, other)
    try {
      return nextResolve(specifier, other)
    } catch {
      // A file that the base does not have came with the scenario. Who imports it has to be said again: what a context
      // leaves out is taken from the attempt before.
      const found = nextResolve(specifier, { ...context, parentURL })
      fallbacks.add(found.url)
      return found
    }
  }
  const hooks = rules.length > 0 ? registerHooks({ resolve }) : undefined
  return {
    end: () => hooks?.deregister(),
    fallbacks: () => [...fallbacks],
    unusedPackages: () => rules.flatMap((rule) => (rule.kind === 'package' && !used.has(rule) ? [rule.name] : [])),
  }
}

/** The scenario, wherever it is, and every file that is neither an installed package's nor the harness's. */
function isProjectFile(url: string | undefined, scenarioUrl: string): url is string {
  if (url === undefined || isHarnessFile(url)) return false
  return url === scenarioUrl || !url.includes('/node_modules/')
}

function ruleFor(
  specifier: string,
  parentUrl: string,
  rules: readonly ImportRule[],
): { readonly rule: ImportRule; readonly parentUrl: string } | undefined {
  for (const rule of rules) {
    switch (rule.kind) {
      case 'package':
        // 'sessionbench' itself is the harness, the same in all arms; what is under test is 'sessionbench/session'.
        if ((specifier === rule.name && rule.name !== 'sessionbench') || specifier.startsWith(`${rule.name}/`))
          return { rule, parentUrl: `${rule.from}scenario.js` }
        break
      case 'tree':
        if (parentUrl.startsWith(rule.head) && !specifier.startsWith('node:'))
          return { rule, parentUrl: rule.base + parentUrl.slice(rule.head.length) }
        break
      default:
        rule satisfies never
    }
  }
  return undefined
}
