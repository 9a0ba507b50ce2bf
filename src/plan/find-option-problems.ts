import * as z from 'zod'
import { findClashes } from '../scenario/find-clashes.ts'
import { definitionOf, type Options, optionNames } from '../scenario/options.ts'

const optionsSchema = z.object(
  Object.fromEntries(optionNames.map((name) => [name, definitionOf(name).schema.optional()])),
)

/** Everything that is wrong with the options of a plan, each with its name: `concurrency: …`. */
export function findOptionProblems(options: object): string[] {
  const parsed = optionsSchema.safeParse(options)
  const issues = parsed.success ? [] : parsed.error.issues
  return [
    ...issues.map(({ path, message }) => `${path.join('.')}: ${message}`),
    ...findClashes(options as Options, String).map(({ option, message }) => `${option}: ${message}`),
  ]
}
