import { existsSync, readFileSync, statSync } from 'node:fs'
import { registerHooks, stripTypeScriptTypes } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Script } from 'node:vm'
import { createPathsMatcher, getTsconfig } from 'get-tsconfig'
import { isHarnessFile } from './own-package.ts'

/**
 * Loads a user's own files as bundlers and test runners do, where Node alone would refuse: ES module syntax in a project
 * whose package.json says `"type": "commonjs"` (as `npm init -y` writes it), imports without an extension or with the `.js`
 * that TypeScript wants for a `.ts` file, and the `paths` of the nearest tsconfig.json. Node's way comes first, always;
 * installed packages and the harness are left to it. Returns the end of it.
 */
export function registerProjectModules(): () => void {
  const mapByTsconfig = makeTsconfigMapper()
  const hooks = registerHooks({
    resolve(specifier, context, nextResolve) {
      const { parentURL } = context
      if (!isProjectFile(parentURL)) return nextResolve(specifier, context)
      const mapped = mapByTsconfig(specifier, parentURL)
      try {
        return nextResolve(mapped ?? specifier, context)
      } catch (error) {
        const found = findSource(mapped ?? specifier, parentURL)
        if (found === undefined) throw error
        return nextResolve(found, context)
      }
    },
    load(url, context, nextLoad) {
      if (!isProjectFile(url) || !mayBeEither(url) || context.format?.startsWith('module'))
        return nextLoad(url, context)
      const source = readFileSync(fileURLToPath(url), 'utf8')
      if (!isOnlyModule(source, url)) return nextLoad(url, context)
      return nextLoad(url, { ...context, format: isTypeScript(url) ? 'module-typescript' : 'module' })
    },
  })
  return () => hooks.deregister()
}

function isProjectFile(url: string | undefined): url is string {
  return url?.startsWith('file:') === true && !url.includes('/node_modules/') && !isHarnessFile(url)
}

/** `.mts`, `.cjs` and their like say what they are. */
function mayBeEither(url: string): boolean {
  return /\.[jt]s$/.test(new URL(url).pathname)
}

function isTypeScript(url: string): boolean {
  return /\.[cm]?ts$/.test(new URL(url).pathname)
}

/** Whether a file cannot be CommonJS: it is compiled as such, and fails for a reason that only modules have. */
function isOnlyModule(source: string, url: string): boolean {
  try {
    const script = isTypeScript(url) ? stripTypeScriptTypes(source) : source
    // Where CommonJS runs: inside a function.
    new Script(`(function (exports, require, module, __filename, __dirname) {${script}\n})`)
    return false
  } catch (error) {
    return /import statement|'import\.meta'|import\.meta|token 'export'|await is only valid/.test(String(error))
  }
}

const extensions = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs', '/index.ts', '/index.js'] as const

/** The file that a path without an extension, or with that of the compiled file, stands for. */
function findSource(specifier: string, parentUrl: string): string | undefined {
  if (!/^(\.{0,2}\/|file:)/.test(specifier)) return undefined
  const target = new URL(specifier, parentUrl)
  const asTypeScript = target.pathname.replace(/\.([cm]?)js$/, '.$1ts')
  const paths = asTypeScript === target.pathname ? extensions.map((each) => target.pathname + each) : [asTypeScript]
  return paths.map((path) => new URL(path, target).href).find(isFile)
}

function isFile(url: string): boolean {
  const path = fileURLToPath(url)
  return existsSync(path) && statSync(path).isFile()
}

type Matcher = (specifier: string) => string[]

function makeTsconfigMapper() {
  const matchers = new Map<string, Matcher | undefined>()
  const matcherFor = (folder: string): Matcher | undefined => {
    if (!matchers.has(folder)) matchers.set(folder, readMatcher(folder))
    return matchers.get(folder)
  }
  return (specifier: string, parentUrl: string): string | undefined => {
    if (/^(\.{0,2}\/|file:|node:)/.test(specifier)) return undefined
    const candidates = matcherFor(dirname(fileURLToPath(parentUrl)))?.(specifier) ?? []
    const urls = candidates.map((path) => pathToFileURL(path).href)
    return urls.map((url) => (isFile(url) ? url : findSource(url, url))).find((url) => url !== undefined)
  }
}

/** A tsconfig.json that cannot be read is the compiler's to complain of, not ours. */
function readMatcher(folder: string): Matcher | undefined {
  try {
    const found = getTsconfig(folder)
    return found === null ? undefined : (createPathsMatcher(found) ?? undefined)
  } catch {
    return undefined
  }
}
