import { readFileSync } from 'node:fs'
import { UsageError } from '../bench-error.ts'
import { messageOf } from '../session/thrown.ts'

/** Whether a command line names no command but a URL, before or behind its options: with a scheme, or a host and a port. */
export function namesUrl([first, ...rest]: readonly string[]): boolean {
  if (first === undefined) return false
  return isUrl(first) || (/^-/.test(first) && !ownFlags.has(first) && rest.some(isUrl))
}

/** They are about no URL. */
const ownFlags: ReadonlySet<string> = new Set(['-h', '--help', '-V', '--version'])

function isUrl(argument: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(argument) || hostAndPort.test(argument)
}

const hostAndPort = /^(?:\[[0-9a-f:.]+\]|[a-z0-9.-]+):\d{1,5}(?:[/?].*)?$/i

/** A URL to ask for; http where it says no scheme. @throws UsageError */
export function readUrl(text: string): URL {
  const full = hostAndPort.test(text) ? `http://${text}` : text
  const url = URL.canParse(full) ? new URL(full) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    // What is printed has no password of a URL in it: the terminal sees to that.
    throw new UsageError(`expected a URL such as 'http://localhost:3000/', got '${text}'`)
  }
  if (url.username !== '' || url.password !== '') {
    throw new UsageError("expected no user or password in the URL, which reports would show: say -H 'Authorization: …'")
  }
  url.hash = ''
  return url
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** @throws UsageError */
export function readMethod(text: string): string {
  const method = text.toUpperCase()
  if (methods.includes(method)) return method
  throw new UsageError(`expected one of ${methods.join(', ')}`)
}

/** Text, or the bytes of a file: `@body.json`. @throws UsageError */
export function readBody(text: string): Buffer {
  if (!text.startsWith('@')) return Buffer.from(text)
  try {
    return readFileSync(text.slice(1))
  } catch (error) {
    throw new UsageError(`expected a file that can be read: ${messageOf(error)}`)
  }
}
