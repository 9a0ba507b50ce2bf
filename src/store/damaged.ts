import type * as z from 'zod'
import { UsageError } from '../bench-error.ts'

const mostProblems = 8

/** The error for a file that is not what it ought to be: bad input, with each problem and where in the file it is. */
export function damaged(path: string, schema: string, problems: readonly string[]): UsageError {
  return listProblems(`${path} is not what the ${schema} schema says`, problems)
}

/** The error for a file in which each field is what it ought to be, and two of them cannot both be true. */
export function contradictory(path: string, problems: readonly string[]): UsageError {
  return listProblems(`${path} contradicts itself`, problems)
}

function listProblems(what: string, problems: readonly string[]): UsageError {
  const shown = problems.slice(0, mostProblems)
  const rest = problems.length > shown.length ? `\n  and ${problems.length - shown.length} more` : ''
  return new UsageError(`${what}:\n  ${shown.join('\n  ')}${rest}`)
}

/** `scenarios.0.name: expected string…`: the problems that a schema found, each with its path. */
export function listIssues({ issues }: z.ZodError): string[] {
  return issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
}
