import { existsSync, readFileSync } from 'node:fs'
import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { UsageError } from '../bench-error.ts'
import { messageOf } from '../session/thrown.ts'
import { lockfileNames, type PackageFile } from './find-project.ts'
import { runCommand } from './run-command.ts'

/** How a base gets what its package.json asks for. */
export type InstallPlan =
  | { readonly kind: 'nothing' }
  /** Both versions have the same lockfile: the head's installed packages are the base's too. */
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'npm'; readonly args: readonly string[] }
  | { readonly kind: 'setup'; readonly command: string }

interface InstallOptions {
  /** The folder of the head that has its package.json and node_modules. */
  readonly head: string
  /** What the base has in the same folder, read without checking it out. */
  readonly readBase: (file: string) => Promise<Buffer | undefined>
  /** A shell command to run instead. */
  readonly setup: string | undefined
}

const npmArgs = ['--no-audit', '--no-fund', '--loglevel=error', '--include=dev'] as const

/** Decides how to install, before anything is made. */
export async function planInstall({ head, readBase, setup }: InstallOptions): Promise<InstallPlan> {
  if (setup !== undefined) return { kind: 'setup', command: setup }
  const manifest = await readBase('package.json')
  if (manifest === undefined) return { kind: 'nothing' }
  for (const lockfile of lockfileNames) {
    const locked = await readBase(lockfile)
    if (locked === undefined) continue
    if (isShareable(head, lockfile, locked)) return { kind: 'link', target: join(head, 'node_modules') }
    if (lockfile.endsWith('.json')) return { kind: 'npm', args: ['ci', ...npmArgs] }
    const hint = `say how with --base-setup, for example --base-setup '${lockfile.split(/[-.]/)[0]} install --frozen-lockfile'`
    throw new UsageError(`the base's ${lockfile} is not the head's, so its dependencies must be installed; ${hint}`)
  }
  const { dependencies = {}, devDependencies = {} } = parseManifest(manifest.toString())
  if (Object.keys({ ...dependencies, ...devDependencies }).length === 0) return { kind: 'nothing' }
  return { kind: 'npm', args: ['install', '--no-package-lock', ...npmArgs] }
}

function parseManifest(text: string): PackageFile {
  try {
    const manifest: unknown = JSON.parse(text)
    if (typeof manifest === 'object' && manifest !== null) return manifest
    throw new SyntaxError('expected an object')
  } catch (cause) {
    const hint = 'make the base ready with --base-setup instead'
    throw new UsageError(`the base's package.json is damaged (${messageOf(cause)}); ${hint}`, { cause })
  }
}

/** Equal lockfiles, and no package that is a link into the head's own sources: a workspace would be the head's code. */
function isShareable(head: string, lockfile: string, locked: Buffer): boolean {
  const own = join(head, lockfile)
  if (!existsSync(own) || !existsSync(join(head, 'node_modules'))) return false
  const isLinking = /"link": true|workspace:|link:|file:/.test(locked.toString())
  return locked.equals(readFileSync(own)) && !isLinking
}

/** Carries the plan out in the base's folder. */
export async function install(plan: InstallPlan, folder: string, signal: AbortSignal | undefined): Promise<void> {
  switch (plan.kind) {
    case 'nothing':
      return
    case 'link':
      await symlink(plan.target, join(folder, 'node_modules'), 'dir')
      return
    case 'npm': {
      const failure = `npm could not install the base's dependencies (npm ${plan.args[0]}); another way can be given with --base-setup`
      await runCommand('npm', [...plan.args, '--prefix', folder], { cwd: folder, signal, failure })
      return
    }
    case 'setup':
      await runCommand('sh', ['-c', plan.command], { cwd: folder, signal, failure: `--base-setup failed in ${folder}` })
      return
    default:
      plan satisfies never
  }
}
