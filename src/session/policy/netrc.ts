import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { InvalidOption } from '../errors.ts'
import { codeOf } from '../thrown.ts'

/** The login of one machine; `machine: null` is the default entry. */
export type NetrcEntry = { readonly machine: string | null; readonly login: string; readonly password: string }

/** Reads the text of a .netrc file. Macros, accounts and comments are skipped. */
export function readNetrc(text: string): readonly NetrcEntry[] {
  const entries: { machine: string | null; login: string; password: string }[] = []
  let take: ((value: string) => void) | undefined
  for (const word of readWords(text, () => take !== undefined)) {
    if (take !== undefined) {
      take(word)
      take = undefined
      continue
    }
    const current = entries.at(-1)
    switch (word) {
      case 'machine':
        take = (machine) => entries.push({ machine: machine.toLowerCase(), login: '', password: '' })
        break
      case 'default':
        entries.push({ machine: null, login: '', password: '' })
        break
      case 'login':
      case 'password':
        take = (value) => current !== undefined && Object.assign(current, { [word]: value })
        break
      case 'account':
        take = () => {}
    }
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
    const code = codeOf(error) ?? 'unreadable'
    if (from === true && code === 'ENOENT') return []
    throw new InvalidOption([{ path: 'netrc', expected: `a readable file at ${path}`, received: code }])
  }
}

/** Words and quoted texts. A # begins a comment, except in the place of a value: passwords may begin with one. */
function* readWords(text: string, isValueDue: () => boolean): Generator<string> {
  // A macro lasts until the next empty line.
  const plain = text.replace(/^[ \t]*macdef\b.*?(?:\r?\n[ \t]*\r?\n|$(?![\s\S]))/gms, '\n')
  for (const line of plain.split('\n')) {
    const words = line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)
    for (const [nth, [, quoted, word = '']] of [...words].entries()) {
      if (word.startsWith('#') && (nth === 0 || !isValueDue())) break
      yield quoted?.replace(/\\(.)/g, '$1') ?? word
    }
  }
}
