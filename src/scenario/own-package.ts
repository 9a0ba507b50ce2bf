import { existsSync } from 'node:fs'
import { registerHooks } from 'node:module'

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const sourceRoot = new URL('../', import.meta.url)
const packageRoot = new URL(existsSync(new URL('../package.json', sourceRoot)) ? '../' : '../../', sourceRoot)

const entries: Readonly<Record<string, string>> = {
  sessionbench: new URL(`index.${extension}`, sourceRoot).href,
  'sessionbench/session': new URL(`session/index.${extension}`, sourceRoot).href,
  'sessionbench/fixtures-server': new URL(`../fixtures-server/index.${extension}`, sourceRoot).href,
}

/**
 * Lets scenario files import 'sessionbench' from any folder. A copy installed beside the scenario wins, as everywhere in
 * Node; without one (npx alone, a folder with no project) this running copy serves. Files of this package always get
 * this copy: in the repository the package's own `exports` name compiled files that may be missing or stale.
 */
export function registerOwnPackage(): void {
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const own = entries[specifier]
      if (own === undefined) return nextResolve(specifier, context)
      if (isOwnFile(context.parentURL)) return { url: own, shortCircuit: true }
      try {
        return nextResolve(specifier, context)
      } catch {
        return { url: own, shortCircuit: true }
      }
    },
  })
}

function isOwnFile(url: string | undefined): boolean {
  return url?.startsWith(packageRoot.href) === true && !url.slice(packageRoot.href.length).includes('node_modules/')
}
