import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { InvalidOption } from './errors.ts'

/** The login of one machine; `machine: null` is the default entry. */
export type NetrcEntry = { readonly machine: string | null; readonly login: string; readonly password: string }

/** Reads the text of a .netrc file. Macros, accounts and comments are skipped. */
export function readNetrc(text: string): readonly NetrcEntry[] {
  const entries: { machine: string | null; login: string; password: string }[] = []
  const tokens = tokenize(text)
  for (let index = 0; index < tokens.length; index += 1) {
    const word = tokens[index] as string
    const current = entries.at(-1)
    if (word === 'machine') entries.push({ machine: (tokens[++index] ?? '').toLowerCase(), login: '', password: '' })
    else if (word === 'default') entries.push({ machine: null, login: '', password: '' })
    else if (word === 'login' && current !== undefined) current.login = tokens[++index] ?? ''
    else if (word === 'password' && current !== undefined) current.password = tokens[++index] ?? ''
    else if (word === 'account') index += 1
  }
  return entries
}

/** The login for a host that the caller named: its own entry, else the default one, else undefined. */
export function findLogin(entries: readonly NetrcEntry[], hostname: string): NetrcEntry | undefined {
  return findOwnLogin(entries, hostname) ?? entries.find(({ machine }) => machine === null)
}

/** The login of a host's own entry: for a host that a server named, which must not get the default one. */
export function findOwnLogin(entries: readonly NetrcEntry[], hostname: string): NetrcEntry | undefined {
  return entries.find(({ machine }) => machine === hostname.toLowerCase())
}

/**
 * Loads a .netrc: `true` is $NETRC or ~/.netrc, and none when it is missing; a path must exist.
 * @throws InvalidOption when a path that was given cannot be read
 */
export function loadNetrc(from: boolean | string): readonly NetrcEntry[] {
  if (from === false) return []
  const path = from === true ? (process.env.NETRC ?? join(homedir(), '.netrc')) : from
  try {
    return readNetrc(readFileSync(path, 'utf8'))
  } catch (error) {
    const { code = 'unreadable' } = error as NodeJS.ErrnoException
    if (from === true && code === 'ENOENT') return []
    throw new InvalidOption([{ path: 'netrc', expected: `a readable file at ${path}`, received: code }])
  }
}

function tokenize(text: string): readonly string[] {
  // A macro lasts until the next empty line; a comment until the end of its own.
  const plain = text
    .replace(/^[ \t]*macdef\b.*?(?:\r?\n[ \t]*\r?\n|$(?![\s\S]))/gms, '\n')
    .replace(/(^|\s)#.*$/gm, '$1')
  return [...plain.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(
    ([, quoted, word]) => quoted?.replace(/\\(.)/g, '$1') ?? (word as string),
  )
}
