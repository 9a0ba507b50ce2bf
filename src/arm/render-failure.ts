import { BenchError } from '../bench-error.ts'
import { isError, noText, renderUserStack, showThrown } from './user-stack.ts'

/** A reader wants to know what went wrong and where; what a scenario throws may be of any length. */
export const longestFailure = 4_000
/** The first words say what, the last lines of a stack who called. */
const headLength = 3_000

/**
 * What an arm process says when it failed during what was asked of it (`import of /a.ts`): never longer than a reader reads,
 * whatever was thrown.
 */
export function renderFailure(error: unknown, during: string): string {
  const text = textOf(error, during)
  if (text.length <= longestFailure) return text
  const tailLength = longestFailure - headLength
  return `${text.slice(0, headLength)}\n… (${text.length - longestFailure} more characters) …\n${text.slice(-tailLength)}`
}

function textOf(error: unknown, during: string): string {
  if (isError(error) && error instanceof BenchError) return error.message
  // A stack says where; nothing else does.
  const fault = isError(error) ? 'has no stack' : 'is not an error'
  const shown = () => {
    const thrown = showThrown(error)
    return thrown === noText ? thrown : `${thrown}, which ${fault}`
  }
  return renderUserStack(error) ?? `the ${during} threw ${shown()}`
}
