import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { openCached, shortHash } from './cache-folder.ts'
import type { Project } from './find-project.ts'
import { type InstallPlan, install, planInstall } from './install-dependencies.ts'
import { runCommand } from './run-command.ts'

interface GitBaseOptions {
  readonly project: Project & { readonly repository: string }
  readonly commit: string
  readonly setup: string | undefined
  readonly cacheFolder: string
  readonly signal?: AbortSignal | undefined
}

/** The commit that a ref means in the repository; undefined when it means none there. */
export async function findCommit(repository: string, ref: string, signal?: AbortSignal): Promise<string | undefined> {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]
  const commit = await runCommand('git', args, { cwd: repository, signal, failure: 'git failed' }).catch(() => '')
  signal?.throwIfAborted()
  return /^[0-9a-f]{40,64}$/.test(commit.trim()) ? commit.trim() : undefined
}

/** Whether the files that git tracks are those of this commit. */
export async function isClean(repository: string, commit: string, signal?: AbortSignal): Promise<boolean> {
  // Asked while the user may be at work in the repository: git shall not take its lock to note what it has seen.
  const options = { cwd: repository, env: { GIT_OPTIONAL_LOCKS: '0' }, signal, failure: 'git failed' }
  const head = await runCommand('git', ['rev-parse', 'HEAD'], options)
  return head.trim() === commit && (await runCommand('git', ['status', '--porcelain'], options)) === ''
}

/** The folder with the commit's files, its dependencies installed. The repository's own index and worktrees stay as they are. */
export async function openGitBase({ project, commit, setup, cacheFolder, signal }: GitBaseOptions): Promise<string> {
  const { repository, installFolder } = project
  const plan: InstallPlan =
    installFolder === undefined
      ? { kind: 'nothing' }
      : await planInstall({
          head: join(repository, installFolder),
          readBase: (file) => readFromCommit(repository, `${commit}:${join(installFolder, file)}`, signal),
          setup,
        })
  return openCached(cacheFolder, `git-${commit.slice(0, 16)}-${nameOf(plan, installFolder)}`, async (folder) => {
    await checkOut(repository, commit, folder, signal)
    await install(plan, join(folder, installFolder ?? ''), signal)
  })
}

/** Bases of one commit that have other packages are other folders. */
function nameOf(plan: InstallPlan, installFolder = ''): string {
  return `${plan.kind}-${shortHash(JSON.stringify([plan, installFolder]))}`
}

async function readFromCommit(
  repository: string,
  blob: string,
  signal: AbortSignal | undefined,
): Promise<Buffer | undefined> {
  const options = { cwd: repository, signal, failure: 'git failed' }
  const content = await runCommand('git', ['cat-file', 'blob', blob], options).catch(() => undefined)
  signal?.throwIfAborted()
  return content === undefined ? undefined : Buffer.from(content)
}

/** Through an index of its own: no worktree to prune later, and nothing that export-ignore would leave out. */
async function checkOut(
  repository: string,
  commit: string,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  // Beside the files and not in the shared temporary folder: what it says is what is checked out.
  const index = `${folder}-index`
  const options = {
    cwd: repository,
    env: { GIT_INDEX_FILE: index },
    signal,
    failure: `git could not check out ${commit}`,
  }
  try {
    await runCommand('git', ['read-tree', commit], options)
    await runCommand('git', ['checkout-index', '--all', '--force', `--prefix=${folder}/`], options)
  } finally {
    await rm(index, { force: true })
  }
}
