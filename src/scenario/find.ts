import { existsSync, readdirSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { UsageError } from '../bench-error.ts'

const bundledFolder = new URL('../../scenarios/', import.meta.url)
const moduleFile = /(?<!\.d)\.[cm]?[jt]s$/

/** What is measured where nothing is named. */
export const defaultScenario = 'stateless-vs-session'

/** The scenarios that come with sessionbench: file URLs by name, in order of name. */
export function findBundledScenarios(): ReadonlyMap<string, string> {
  const files = readdirSync(bundledFolder).filter((file) => moduleFile.test(file))
  return new Map(files.sort().map((file) => [file.replace(moduleFile, ''), new URL(file, bundledFolder).href]))
}

/** The file URL of a scenario given by bundled name or by path. @throws UsageError when there is neither */
export function requireScenario(nameOrPath: string, workingFolder: string): string {
  const url = findScenario(nameOrPath, workingFolder)
  if (url !== undefined) return url
  const known = [...findBundledScenarios().keys()].join(', ')
  throw new UsageError(`there is no scenario '${nameOrPath}': expected the path of a module, or one of ${known}`)
}

function findScenario(nameOrPath: string, workingFolder: string): string | undefined {
  const bundled = findBundledScenarios().get(nameOrPath)
  if (bundled !== undefined) return bundled
  const path = resolve(workingFolder, nameOrPath)
  return existsSync(path) && statSync(path).isFile() ? pathToFileURL(path).href : undefined
}
