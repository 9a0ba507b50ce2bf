import { inspect } from 'node:util'
import { isHarnessFile } from '../scenario/own-package.ts'

/** An error as its author needs to see it: what Node and the harness do around the scenario's frames is left out. */
export function renderUserStack(error: unknown): string {
  if (!(error instanceof Error) || !error.stack) return inspect(error)
  const kept = error.stack.split('\n').filter((line) => !isForeignFrame(line))
  const { cause } = error
  return cause === undefined ? kept.join('\n') : `${kept.join('\n')}\ncaused by ${renderUserStack(cause)}`
}

function isForeignFrame(line: string): boolean {
  if (!/^\s+at /.test(line)) return false
  const file = /\(?((?:file:\/\/|node:)[^\s)]+?)(?::\d+)*\)?$/.exec(line)?.[1]
  return file?.startsWith('node:internal/') === true || (file !== undefined && isHarnessFile(file))
}
