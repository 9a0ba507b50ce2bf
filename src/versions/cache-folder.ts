import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, utimes } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import { UsageError } from '../bench-error.ts'

/** Where bases are kept: `$XDG_CACHE_HOME/sessionbench/bases`. It may be removed at any time that nothing runs. */
export function findCacheFolder(): string {
  const root = process.env.XDG_CACHE_HOME
  return join(root?.startsWith('/') ? root : join(os.homedir(), '.cache'), 'sessionbench', 'bases')
}

/**
 * The folder of that name, made by `fill` unless it is there. It appears under its name only when it is complete, so two runs
 * at once may both make it (one is thrown away) but never see half of it.
 */
export async function openCached(
  cacheFolder: string,
  name: string,
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = join(cacheFolder, name)
  if (existsSync(folder)) {
    await utimes(folder, new Date(), new Date()).catch(() => {})
    return folder
  }
  return makeCached(cacheFolder, async (temporary) => {
    await fill(temporary)
    return name
  })
}

/** Makes a folder whose name is known only when it is filled; keeps the one that is there already. */
export async function makeCached(cacheFolder: string, fill: (folder: string) => Promise<string>): Promise<string> {
  const temporary = join(cacheFolder, `.making-${randomBytes(6).toString('hex')}`)
  try {
    await mkdir(temporary, { recursive: true }).catch((cause: NodeJS.ErrnoException) => {
      const hint = 'set XDG_CACHE_HOME to a folder that can be written'
      throw new UsageError(`cannot make ${temporary} (${cause.code}); ${hint}`, { cause })
    })
    const folder = join(cacheFolder, await fill(temporary))
    await rename(temporary, folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
    })
    return folder
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

/** A short name for content or a path. */
export function shortHash(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 12)
}
