import { readFileSync } from 'node:fs'
import { UsageError } from '../bench-error.ts'
import { messageOf } from '../session/thrown.ts'

/** Whether a command line's first argument is no command but a URL: with a scheme, or a host and a port. */
export function isUrl(argument: string | undefined): boolean {
  return argument !== undefined && (/^[a-z][a-z0-9+.-]*:\/\//i.test(argument) || hostAndPort.test(argument))
}

const hostAndPort = /^(?:\[[0-9a-f:.]+\]|[a-z0-9.-]+):\d{1,5}(?:[/?].*)?$/i

/** A URL to ask for; http where it says no scheme. @throws UsageError */
export function readUrl(text: string): URL {
  const full = hostAndPort.test(text) ? `http://${text}` : text
  const url = URL.canParse(full) ? new URL(full) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new UsageError("expected a URL such as 'http://localhost:3000/'")
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

/** Text, or what a file holds: `@body.json`. @throws UsageError */
export function readBody(text: string): string {
  if (!text.startsWith('@')) return text
  try {
    return readFileSync(text.slice(1), 'utf8')
  } catch (error) {
    throw new UsageError(`expected a file that can be read: ${messageOf(error)}`)
  }
}
