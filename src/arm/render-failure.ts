import { BenchError } from '../bench-error.ts'
import { renderUserStack } from './user-stack.ts'

/** A reader wants to know what went wrong and where; what a scenario throws may be of any length. */
export const longestFailure = 4_000
/** The first words say what, the last lines of a stack who called. */
const headLength = 3_000

/** What an arm process says when it failed: never longer than a reader reads, whatever was thrown. */
export function renderFailure(error: unknown): string {
  const text = textOf(error)
  if (text.length <= longestFailure) return text
  const tailLength = longestFailure - headLength
  return `${text.slice(0, headLength)}\n… (${text.length - longestFailure} more characters) …\n${text.slice(-tailLength)}`
}

function textOf(error: unknown): string {
  try {
    return error instanceof BenchError ? error.message : renderUserStack(error)
  } catch {
    return 'something was thrown that has no text'
  }
}
