import { createHash, randomBytes } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import os from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { UsageError } from '../bench-error.ts'
import { codeOf } from '../session/thrown.ts'
import { openOwnCache, openOwnFolder } from '../store/own-folder.ts'

/** Where bases are kept. */
interface CacheFolder {
  readonly folder: string
  /** What a reader has to know of it. */
  readonly notes: readonly string[]
}

/**
 * Opens the folder that bases are kept in, `$XDG_CACHE_HOME/sessionbench/bases` unless another is given; it may be removed at
 * any time that nothing runs. Bases are code that is run: where other users could change it they are not kept, but made in
 * a folder that lasts as long as this process.
 */
export async function openCacheFolder(given?: string): Promise<CacheFolder> {
  const path = given === undefined ? undefined : resolve(given)
  const opened = path === undefined ? openOwnCache('bases') : openOwnFolder(dirname(path), [basename(path)])
  if (opened.folder === undefined) {
    const folder = openTemporary(opened.refusal)
    return { folder, notes: [`the base was made for this run only, as none can be kept: ${opened.refusal}`] }
  }
  await reclaim(opened.folder)
  return { folder: opened.folder, notes: [] }
}

let temporary: string | undefined

function openTemporary(reason: string): string {
  if (temporary !== undefined) return temporary
  const { folder, refusal } = openOwnFolder(os.tmpdir(), [`sessionbench-${randomBytes(6).toString('hex')}`])
  if (folder === undefined) {
    const hint = 'set XDG_CACHE_HOME to a folder that only you can write to'
    throw new UsageError(`there is no place for the base (${reason}; ${refusal}): ${hint}`)
  }
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  temporary = folder
  return folder
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
  return makeCached(cacheFolder, async (unfinished) => {
    await fill(unfinished)
    return name
  })
}

/** Makes a folder whose name is known only when it is filled; keeps the one that is there already. */
export async function makeCached(cacheFolder: string, fill: (folder: string) => Promise<string>): Promise<string> {
  const unfinished = join(cacheFolder, `${prefix}${host()}-${process.pid}-${randomBytes(6).toString('hex')}`)
  try {
    await mkdir(unfinished)
    const folder = join(cacheFolder, await fill(unfinished))
    await rename(unfinished, folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
    })
    return folder
  } finally {
    // What was just killed may yet finish a last write.
    await rm(unfinished, { recursive: true, force: true, maxRetries: 5 })
  }
}

const prefix = '.making-'
/** Nothing takes so long to make. */
const abandonedAfterMs = 86_400_000

/** Removes what runs left unfinished that were killed before they could remove it themselves. */
async function reclaim(cacheFolder: string): Promise<void> {
  const names = (await readdir(cacheFolder)).filter((name) => name.startsWith(prefix))
  for (const name of names) {
    const path = join(cacheFolder, name)
    if (await isAbandoned(path)) await rm(path, { recursive: true, force: true })
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  const [maker, pid] = basename(path).slice(prefix.length).split('-')
  // Another machine or container that has the folder too counts its processes from 1 as well.
  if (maker === host() && !isRunning(Number(pid))) return true
  const made = await stat(path).catch(() => undefined)
  return made !== undefined && made.mtimeMs + abandonedAfterMs < Date.now()
}

function host(): string {
  return shortHash(os.hostname())
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

/** A short name for content or a path. */
export function shortHash(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 12)
}
