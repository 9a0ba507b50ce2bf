import { inspect } from 'node:util'
import { isNativeError } from 'node:util/types'
import { isHarnessFile } from '../scenario/own-package.ts'

/** Causes of causes that are shown: errors may be each other's. */
const mostCauses = 5

/**
 * An error as its author needs to see it: what Node and the harness do around the scenario's frames is left out. Undefined for
 * what has no stack to show.
 */
export function renderUserStack(error: unknown, causes = mostCauses): string | undefined {
  const stack = isError(error) ? tryRead(() => error.stack) : undefined
  if (typeof stack !== 'string' || stack === '') return undefined
  const kept = stack.split('\n').filter((line) => !isForeignFrame(line))
  const cause = tryRead(() => (error as Error).cause)
  if (cause === undefined || causes === 0) return kept.join('\n')
  return `${kept.join('\n')}\ncaused by ${renderUserStack(cause, causes - 1) ?? showThrown(cause)}`
}

/** Said of what cannot be looked at. */
export const noText = 'something that has no text'

/** Whatever was thrown: looked at without calling anything of it. */
export function showThrown(thrown: unknown): string {
  return tryRead(() => inspect(thrown, { customInspect: false, depth: 1, breakLength: Infinity })) ?? noText
}

/** Anything can be thrown, also what throws when it is looked at. */
export function isError(thrown: unknown): thrown is Error {
  return isNativeError(thrown) || tryRead(() => thrown instanceof Error) === true
}

function tryRead<Value>(read: () => Value): Value | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

function isForeignFrame(line: string): boolean {
  if (!/^\s+at /.test(line)) return false
  const file = /\(?((?:file:\/\/|node:)[^\s)]+?)(?::\d+)*\)?$/.exec(line)?.[1]
  return file?.startsWith('node:internal/') === true || (file !== undefined && isHarnessFile(file))
}
