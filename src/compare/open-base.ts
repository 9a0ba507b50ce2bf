import { existsSync, statSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { UsageError } from '../bench-error.ts'
import type { CodeVersion } from '../plan/plan.ts'
import { versionOfPackage } from '../target/environment.ts'
import { openCacheFolder } from './cache-folder.ts'
import { findProject, type Project, readPackage } from './find-project.ts'
import { findCommit, isClean, openGitBase } from './git-base.ts'
import { openFolderBase, openNpmBase, type PackageBase } from './package-base.ts'

export interface BaseOptions {
  /** A git ref, a folder, or a package as npm takes it; `git:`, `folder:` and `npm:` in front say which. */
  readonly base: string
  /** A shell command that makes a checked-out base ready, instead of npm. */
  readonly baseSetup?: string | undefined
  readonly workingFolder: string
  /** @default `$XDG_CACHE_HOME/sessionbench/bases` */
  readonly cacheFolder?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/** The base of one scenario, ready to be run. */
interface OpenBase {
  readonly code: CodeVersion
  readonly headLabel: string
  readonly notes: readonly string[]
}

interface Request extends BaseOptions {
  readonly scenarioUrl: string
  readonly project: Project
}

const packageSpec = /^(@[\w.-]+\/)?[\w.-]+@[^/\s]*$/

/** Finds out what `base` names, checks it out or installs it where it is not there yet; rejects with UsageError. */
export async function openBase(scenarioUrl: string, options: BaseOptions): Promise<OpenBase> {
  const project = await findProject(scenarioUrl, options.signal)
  const request = { ...options, scenarioUrl, project }
  const [, kind, rest = ''] = /^(git|npm|folder):(.*)$/.exec(options.base) ?? []
  const name = kind === undefined ? options.base : rest
  if (name === '' || name.startsWith('-')) throw unknownBase(request)
  if (kind === 'npm' || /^(\.{0,2}\/|file:).*\.(tgz|tar\.gz)$/.test(name)) return openPackage(name, request)
  if (kind === 'folder' || /^(\.{1,2}(\/|$)|\/)/.test(name)) return openFolder(name, request)
  const { repository } = project
  const commit = repository === undefined ? undefined : await findCommit(repository, name, options.signal)
  if (repository !== undefined && commit !== undefined) return openCommit(name, { repository, commit }, request)
  if (kind === 'git') throw unknownRef(name, request)
  if (packageSpec.test(name)) return openPackage(name, request)
  if (isFolder(resolve(options.workingFolder, name))) return openFolder(name, request)
  throw unknownBase(request)
}

async function openCommit(
  ref: string,
  { repository, commit }: { readonly repository: string; readonly commit: string },
  request: Request,
): Promise<OpenBase> {
  const { project, baseSetup: setup, signal } = request
  if (project.scenarioPath.includes('/node_modules/')) {
    const hint = 'compare versions of the package instead: --base sessionbench@VERSION'
    throw new UsageError(`the scenario comes with an installed package, which is not what '${ref}' changes; ${hint}`)
  }
  const { folder: cacheFolder, notes } = await openCacheFolder(request.cacheFolder)
  const folder = await openGitBase({ project: { ...project, repository }, commit, setup, cacheFolder, signal })
  const short = commit.slice(0, 7)
  const label = commit.startsWith(ref) ? short : `${ref}@${short}`
  const same = (await isClean(repository, commit, signal)) ? ['head is the same commit: what is measured is noise'] : []
  return { ...treeOf(folder, label, request), headLabel: 'the working tree', notes: [...notes, ...same] }
}

function treeOf(folder: string, label: string, { project, scenarioUrl }: Request): Pick<OpenBase, 'code'> {
  const own = join(folder, relative(project.root, project.scenarioPath))
  const imports = [{ kind: 'tree', head: folderUrl(project.root), base: folderUrl(folder) }] as const
  const url = existsSync(own) ? pathToFileURL(own).href : scenarioUrl
  return { code: { role: 'base', label, scenarioUrl: url, imports } }
}

async function openFolder(path: string, request: Request): Promise<OpenBase> {
  const { workingFolder, project } = request
  const folder = resolve(workingFolder, path)
  if (!isFolder(folder)) throw new UsageError(`there is no folder '${path}' for --base, seen from ${workingFolder}`)
  if (folder === project.root)
    throw new UsageError(`--base ${path} is the folder that is measured; expected another one`)
  const manifest = readPackage(folder)
  const isSameProject = manifest?.name !== undefined && manifest.name === readPackage(project.root)?.name
  if (isSameProject || existsSync(join(folder, relative(project.root, project.scenarioPath)))) {
    return { ...treeOf(folder, path, request), headLabel: 'the working tree', notes: [] }
  }
  if (manifest?.name === undefined) {
    throw new UsageError(`${folder} is neither another copy of the scenario's project nor a package with a name`)
  }
  const cache = await openCacheFolder(request.cacheFolder)
  return asPackage(await openFolderBase(folder, manifest, cache.folder), cache.notes, request)
}

async function openPackage(spec: string, request: Request): Promise<OpenBase> {
  const cache = await openCacheFolder(request.cacheFolder)
  return asPackage(await openNpmBase(spec, { ...request, cacheFolder: cache.folder }), cache.notes, request)
}

function asPackage(
  { folder, name, version }: PackageBase,
  notes: readonly string[],
  { scenarioUrl }: Request,
): OpenBase {
  const current = versionOfPackage(name, scenarioUrl)
  const imports = [{ kind: 'package', name, from: folderUrl(folder) }] as const
  return {
    code: { role: 'base', label: `${name}@${version}`, scenarioUrl, imports },
    headLabel: current === undefined ? 'the working tree' : `${name}@${current}`,
    notes: [
      ...notes,
      ...(current === version
        ? [`head has ${name} ${version} too: what is measured is noise, unless its files differ`]
        : []),
    ],
  }
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory()
}

function folderUrl(path: string): string {
  return pathToFileURL(path.endsWith('/') ? path : `${path}/`).href
}

function unknownRef(ref: string, { project }: Request): UsageError {
  if (project.repository === undefined) return new UsageError(`${project.scenarioPath} is not in a git repository`)
  const hint = `fetch it first, for example git fetch origin ${ref.replace(/^origin\//, '')} (actions/checkout: fetch-depth: 0)`
  return new UsageError(`git knows no commit '${ref}' in ${project.repository}; ${hint}`)
}

function unknownBase(request: Request): UsageError {
  const { base, project } = request
  const expected = 'expected a git ref, a folder or name@version of a package'
  if (project.repository === undefined) {
    return new UsageError(
      `${expected}, got '${base}'; ${project.scenarioPath} is not in a git repository, so there are no refs`,
    )
  }
  return new UsageError(`${expected}, got '${base}'; ${unknownRef(base, request).message}`)
}
