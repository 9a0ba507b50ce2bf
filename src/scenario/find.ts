import { existsSync, readdirSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const bundledFolder = new URL('../../scenarios/', import.meta.url)
const moduleFile = /(?<!\.d)\.[cm]?[jt]s$/

/** The scenarios that come with sessionbench: file URLs by name, in order of name. */
export function findBundledScenarios(): ReadonlyMap<string, string> {
  const files = readdirSync(bundledFolder).filter((file) => moduleFile.test(file))
  return new Map(files.sort().map((file) => [file.replace(moduleFile, ''), new URL(file, bundledFolder).href]))
}

/** The file URL of a scenario given by bundled name or by path; undefined when there is neither. */
export function findScenario(nameOrPath: string, workingFolder: string): string | undefined {
  const bundled = findBundledScenarios().get(nameOrPath)
  if (bundled !== undefined) return bundled
  const path = resolve(workingFolder, nameOrPath)
  return existsSync(path) && statSync(path).isFile() ? pathToFileURL(path).href : undefined
}
