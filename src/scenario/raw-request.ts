import * as z from 'zod'
import { BenchError } from '../bench-error.ts'
import { defined } from '../session/defined.ts'
import type { RawRequest } from './engines.ts'

/** A raw request, complete. */
export type ResolvedRawRequest = Required<Omit<RawRequest, 'body'>> & Pick<RawRequest, 'body'>

export const rawRequestDefaults = Object.freeze({ method: 'GET' as const, connections: 10, pipelining: 1 })

const requestSchema = z.strictObject({
  path: z.custom<`/${string}`>((path) => typeof path === 'string' && path.startsWith('/'), {
    error: 'expected a path on the target that starts with /',
  }),
  method: z
    .enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'], {
      error: 'expected GET, POST, PUT, PATCH, DELETE or OPTIONS (autocannon waits for the body of a HEAD for ever)',
    })
    .default(rawRequestDefaults.method),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.union([z.string(), z.instanceof(Uint8Array)]).optional(),
  connections: z.int().min(1).max(10_000).default(rawRequestDefaults.connections),
  pipelining: z.int().min(1).max(1_000).default(rawRequestDefaults.pipelining),
})

/** What a raw variant returned, complete. Throws BenchError when it is no request. */
export function resolveRawRequest(value: unknown, variant: string): ResolvedRawRequest {
  const parsed = requestSchema.safeParse(value)
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      ({ path, message }) => `\n  ${path.join('.') || '(all of it)'}: ${message}`,
    )
    const message = `variants.${variant} made no request for the raw engine:${problems.join('')}`
    throw new BenchError('INVALID_SCENARIO', message)
  }
  const { body, ...request } = parsed.data
  return { ...request, ...defined({ body }) }
}
