import { existsSync, readFileSync } from 'node:fs'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { UsageError } from '../bench-error.ts'
import { makeCached, openCached, shortHash } from './cache-folder.ts'
import { type PackageFile, readPackage } from './find-project.ts'
import { runCommand } from './run-command.ts'

/** Another version of a package: a folder that has it in its node_modules. */
export interface PackageBase {
  readonly folder: string
  readonly name: string
  readonly version: string
}

interface PackageBaseOptions {
  readonly cacheFolder: string
  readonly workingFolder: string
  readonly signal?: AbortSignal | undefined
}

const exactSpec = /^(@[\w.-]+\/[\w.-]+|[\w.-]+)@(\d+\.\d+\.\d+(?:-[\w.-]+)?)$/

/** Installs a package by npm: `undici@7`, `@scope/name@next`, `./package.tgz`. One version is installed once. */
export async function openNpmBase(spec: string, options: PackageBaseOptions): Promise<PackageBase> {
  const { cacheFolder, workingFolder } = options
  const tarball = /^(\.{0,2}\/|file:).*\.(tgz|tar\.gz)$/.test(spec)
    ? resolve(workingFolder, spec.replace(/^file:/, ''))
    : undefined
  if (tarball !== undefined && !existsSync(tarball)) {
    throw new UsageError(`there is no file '${spec}' for --base, seen from ${workingFolder}`)
  }
  const [, name, version] = exactSpec.exec(spec) ?? []
  const known =
    tarball === undefined ? name && version && nameOf({ name, version }) : `npm-${shortHash(readFileSync(tarball))}`
  const fill = (folder: string) => installInto(folder, tarball ?? spec, options)
  const folder = known
    ? await openCached(cacheFolder, known, async (temporary) => void (await fill(temporary)))
    : await makeCached(cacheFolder, async (temporary) => nameOf(await fill(temporary)))
  return { folder, ...installedIn(folder) }
}

/** Makes a package in a folder importable by its name, as if it were installed. It runs as it is, with its own dependencies. */
export async function openFolderBase(path: string, manifest: PackageFile, cacheFolder: string): Promise<PackageBase> {
  const { name = '', version = '0.0.0' } = manifest
  const folder = await openCached(cacheFolder, `folder-${shortHash(`${name} ${path}`)}`, async (temporary) => {
    const link = join(temporary, 'node_modules', name)
    await mkdir(dirname(link), { recursive: true })
    await symlink(path, link, 'dir')
    await writeFile(join(temporary, 'package.json'), manifestWith({ [name]: `link:${path}` }))
  })
  return { folder, name, version }
}

async function installInto(
  folder: string,
  spec: string,
  { workingFolder, signal }: PackageBaseOptions,
): Promise<Installed> {
  await writeFile(join(folder, 'package.json'), manifestWith({}))
  const args = ['install', '--no-audit', '--no-fund', '--loglevel=error', '--save', '--prefix', folder, '--', spec]
  await runCommand('npm', args, {
    cwd: folder,
    signal,
    failure: `npm could not install ${spec} for --base (asked from ${workingFolder})`,
  })
  return installedIn(folder)
}

interface Installed {
  readonly name: string
  readonly version: string
}

/** What the folder was made for: its only dependency. */
function installedIn(folder: string): Installed {
  const [name] = Object.keys(readPackage(folder)?.dependencies ?? {})
  const version = name === undefined ? undefined : readPackage(join(folder, 'node_modules', name))?.version
  if (name === undefined || version === undefined) {
    throw new UsageError(`${folder} does not hold what was installed for --base; remove it and try again`)
  }
  return { name, version }
}

function nameOf({ name, version }: Installed): string {
  return `npm-${name.replace('/', '+')}-${version}`
}

function manifestWith(dependencies: Readonly<Record<string, string>>): string {
  return JSON.stringify({ private: true, type: 'module', dependencies })
}
