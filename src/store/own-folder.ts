import { lstatSync, mkdirSync, realpathSync, type Stats } from 'node:fs'
import os from 'node:os'
import { dirname, join } from 'node:path'
import { messageOf } from '../session/thrown.ts'

/** A folder that only this user can have written to, or why there is none. */
type OwnFolder =
  | { readonly folder: string; readonly refusal?: undefined }
  | { readonly folder?: undefined; readonly refusal: string }

/** A folder of this program's in the user's cache: `$XDG_CACHE_HOME/sessionbench/NAME`, else `~/.cache/sessionbench/NAME`. */
export function openOwnCache(name: string): OwnFolder {
  const root = process.env.XDG_CACHE_HOME
  return openOwnFolder(root?.startsWith('/') ? root : join(os.homedir(), '.cache'), ['sessionbench', name])
}

/**
 * Opens `root/NAME/…`, and makes it where it is not there (0700). What is kept in such a folder is run as code when it is
 * read back, so it is refused when anybody else could have put it there: through a link, as its owner, by its mode, or by
 * being able to rename one of the folders that it is in.
 */
export function openOwnFolder(root: string, names: readonly string[]): OwnFolder {
  try {
    mkdirSync(root, { recursive: true, mode: 0o700 })
    // Wherever links lead to, what is checked from here on is the very path that is used.
    let folder = realpathSync(root)
    const isUnsafe = (path: string, doubt: typeof doubtFolder) => {
      const found = doubt(lstatSync(path), process.geteuid?.())
      return found === undefined ? undefined : { refusal: `${path} ${found}` }
    }
    for (const path of withParents(folder)) {
      const unsafe = isUnsafe(path, doubtParent)
      if (unsafe !== undefined) return unsafe
    }
    for (const name of names) {
      folder = join(folder, name)
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const unsafe = isUnsafe(folder, doubtFolder)
      if (unsafe !== undefined) return unsafe
    }
    return { folder }
  } catch (error) {
    return { refusal: messageOf(error) }
  }
}

type Owned = Pick<Stats, 'mode' | 'uid'> & { isDirectory(): boolean }

const writableByOthers = 0o022
const sticky = 0o1000

/** Why a folder is not one's own; undefined when it is. Where users have no numbers (Windows) a profile is private by itself. */
export function doubtFolder(stats: Owned, uid: number | undefined): string | undefined {
  if (!stats.isDirectory()) return 'is no folder'
  if (uid === undefined) return undefined
  if (stats.uid !== uid) return 'belongs to another user'
  return stats.mode & writableByOthers ? 'can be written by other users' : undefined
}

/** Why what is in a folder may not stay where it is; in a sticky one (`/tmp`) only its owner can rename it. */
export function doubtParent(stats: Owned, uid: number | undefined): string | undefined {
  if (uid === undefined) return undefined
  if (stats.uid !== uid && stats.uid !== 0) return 'belongs to another user'
  return stats.mode & writableByOthers && !(stats.mode & sticky) ? 'can be written by other users' : undefined
}

function withParents(folder: string): string[] {
  const parent = dirname(folder)
  return parent === folder ? [folder] : [...withParents(parent), folder]
}
