import { z } from 'zod'
import { FixtureError } from '../fixture-error.ts'
import { type ListenerName, listenerNames } from '../ledger-snapshot.ts'
import { type LinkShape, linkShapeFields } from './link-shape.ts'

/** Which listener a link leads to, and what it adds to the way there. */
export interface LinkOptions extends LinkShape {
  readonly listener: ListenerName
}

const schema = z.strictObject({ listener: z.enum(listenerNames), ...linkShapeFields })

/** Reads link options from anywhere; throws a `FixtureError` that names every problem. */
export function readLinkOptions(options: unknown): LinkOptions {
  const read = schema.safeParse(options)
  if (read.success) return read.data
  const problems = read.error.issues.map((issue) => `${issue.path.join('.') || 'link'}: ${issue.message}`)
  throw new FixtureError('bad-option', `Bad link: ${problems.join('; ')}`)
}
