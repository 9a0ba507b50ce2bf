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
  throw badLink(read.error)
}

/** Reads a link's distance from anywhere; throws a `FixtureError`. */
export function readRttMs(rttMs: unknown): number {
  const read = z.strictObject({ rttMs: linkShapeFields.rttMs }).safeParse({ rttMs })
  if (read.success) return read.data.rttMs
  throw badLink(read.error)
}

function badLink(error: z.ZodError): FixtureError {
  const problems = error.issues.map((issue) => `${issue.path.join('.') || 'link'}: ${issue.message}`)
  return new FixtureError('bad-option', `Bad link: ${problems.join('; ')}`)
}
