import { existsSync, readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const sourceRoot = new URL('../', import.meta.url)
/** Compiled files are a folder further down, in dist. */
const packageRoot = new URL(extension === 'ts' ? '../' : '../../', sourceRoot)

const entries: Readonly<Record<string, string>> = {
  sessionbench: new URL(`index.${extension}`, sourceRoot).href,
  'sessionbench/session': new URL(`session/index.${extension}`, sourceRoot).href,
  'sessionbench/fixtures-server': new URL(`../fixtures-server/index.${extension}`, sourceRoot).href,
}

/**
 * Lets scenario files import 'sessionbench' from any folder. A copy installed beside the scenario wins, as everywhere in
 * Node; without one (npx alone, a folder with no project) this running copy serves. Files of this package always get
 * this copy: in the repository the package's own `exports` name compiled files that may be missing or stale.
 *
 * `checkouts` are folders (URLs that end in a slash) with other versions of this repository: files in them get that
 * version's sources, except for the harness itself, which is the same in all arms. Returns the end of it.
 */
export function registerOwnPackage(checkouts: readonly string[] = []): () => void {
  const hooks = registerHooks({
    resolve(specifier, context, nextResolve) {
      const own = entries[specifier]
      if (own === undefined) return nextResolve(specifier, context)
      const checkout = checkouts.find((root) => isFileOf(root, context.parentURL))
      if (checkout !== undefined && specifier !== 'sessionbench') {
        return { url: new URL(own.slice(packageRoot.href.length), checkout).href, shortCircuit: true }
      }
      if (isOwnFile(context.parentURL)) return { url: own, shortCircuit: true }
      try {
        return nextResolve(specifier, context)
      } catch {
        return { url: own, shortCircuit: true }
      }
    },
  })
  return () => hooks.deregister()
}

function isOwnFile(url: string | undefined): boolean {
  return isFileOf(packageRoot.href, url)
}

function isFileOf(root: string, url: string | undefined): boolean {
  return url?.startsWith(root) === true && !url.slice(root.length).includes('node_modules/')
}

/** Whether a file is the harness's: all of src/ except the Session client, which is code under test. */
export function isHarnessFile(url: string): boolean {
  return url.startsWith(sourceRoot.href) && !url.startsWith(new URL('session/', sourceRoot).href)
}

/** Whether a folder (a URL that ends in a slash) holds the sources of another version of this repository. */
export function isOwnCheckout(root: string): boolean {
  try {
    const manifest: unknown = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))
    const isOurs =
      typeof manifest === 'object' && manifest !== null && 'name' in manifest && manifest.name === 'sessionbench'
    return isOurs && existsSync(new URL('src/session/index.ts', root)) && extension === 'ts'
  } catch {
    return false
  }
}
