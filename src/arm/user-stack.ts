import { inspect } from 'node:util'
import { isHarnessFile } from '../scenario/own-package.ts'

/** Causes of causes that are shown: errors may be each other's. */
const mostCauses = 5

/** An error as its author needs to see it: what Node and the harness do around the scenario's frames is left out. */
export function renderUserStack(error: unknown, causes = mostCauses): string {
  if (!(error instanceof Error) || !error.stack) return inspect(error)
  const kept = error.stack.split('\n').filter((line) => !isForeignFrame(line))
  const { cause } = error
  if (cause === undefined || causes === 0) return kept.join('\n')
  return `${kept.join('\n')}\ncaused by ${renderUserStack(cause, causes - 1)}`
}

function isForeignFrame(line: string): boolean {
  if (!/^\s+at /.test(line)) return false
  const file = /\(?((?:file:\/\/|node:)[^\s)]+?)(?::\d+)*\)?$/.exec(line)?.[1]
  return file?.startsWith('node:internal/') === true || (file !== undefined && isHarnessFile(file))
}
