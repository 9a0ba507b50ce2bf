import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runCommand } from './run-command.ts'

/** The project that a scenario belongs to, as it is now. */
export interface Project {
  readonly scenarioPath: string
  /** The top of the git repository that holds the scenario; undefined when there is none. */
  readonly repository: string | undefined
  /** The repository's top, or without one the nearest folder with a package.json, or the scenario's own. */
  readonly root: string
  /** Where dependencies are installed, relative to the root: the nearest folder with a lockfile, else with a package.json. */
  readonly installFolder: string | undefined
}

export const lockfileNames = [
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'bun.lock',
] as const

/** Finds the project around a scenario (a file URL). */
export async function findProject(scenarioUrl: string, signal?: AbortSignal): Promise<Project> {
  const scenarioPath = fileURLToPath(scenarioUrl)
  const repository = await findRepository(dirname(scenarioPath), signal)
  const packageFolder = findUpwards(dirname(scenarioPath), repository, ['package.json'])
  const root = repository ?? packageFolder ?? dirname(scenarioPath)
  const install = findUpwards(dirname(scenarioPath), root, lockfileNames) ?? packageFolder
  return { scenarioPath, repository, root, installFolder: install && relative(root, install) }
}

async function findRepository(folder: string, signal: AbortSignal | undefined): Promise<string | undefined> {
  const options = { cwd: folder, signal, failure: 'git failed' }
  const top = await runCommand('git', ['rev-parse', '--show-toplevel'], options).catch(() => {
    signal?.throwIfAborted()
    return ''
  })
  return top.trim() === '' ? undefined : top.trim()
}

/** The nearest folder from `folder` up to `top` that has one of the files; packages' own folders do not count. */
function findUpwards(folder: string, top: string | undefined, files: readonly string[]): string | undefined {
  for (let place = folder; ; place = dirname(place)) {
    const isInstalled = place.includes('/node_modules/')
    if (!isInstalled && files.some((file) => existsSync(join(place, file)))) return place
    if (place === top || place === dirname(place)) return undefined
  }
}

/** A package.json, as far as we read it; undefined when there is none that can be read. */
export function readPackage(folder: string): PackageFile | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageFile
  } catch {
    return undefined
  }
}

export interface PackageFile {
  readonly name?: string
  readonly version?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}
