import * as z from 'zod'
import { BenchError } from '../bench-error.ts'
import { defined } from '../session/defined.ts'
import type { AutocannonRequest } from './engines.ts'

/** A request for autocannon, complete. */
export type ResolvedAutocannonRequest = Required<Omit<AutocannonRequest, 'body'>> & Pick<AutocannonRequest, 'body'>

export const requestDefaults = Object.freeze({ method: 'GET' as const, connections: 10, pipelining: 1 })

const requestSchema = z.strictObject({
  path: z.custom<`/${string}`>((path) => typeof path === 'string' && path.startsWith('/'), {
    error: 'expected a path on the target that starts with /',
  }),
  method: z
    .enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'], {
      error: 'expected GET, POST, PUT, PATCH, DELETE or OPTIONS (autocannon waits for the body of a HEAD for ever)',
    })
    .default(requestDefaults.method),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.union([z.string(), z.instanceof(Uint8Array)]).optional(),
  connections: z.int().min(1).max(10_000).default(requestDefaults.connections),
  pipelining: z.int().min(1).max(1_000).default(requestDefaults.pipelining),
})

/** What a variant returned, complete. Throws BenchError when it is no request. */
export function resolveAutocannonRequest(value: unknown, variant: string): ResolvedAutocannonRequest {
  const parsed = requestSchema.safeParse(value)
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      ({ path, message }) => `\n  ${path.join('.') || '(all of it)'}: ${message}`,
    )
    const message = `variants.${variant} made no request for autocannon:${problems.join('')}`
    throw new BenchError('INVALID_SCENARIO', message)
  }
  const { body, ...request } = parsed.data
  return { ...request, ...defined({ body }) }
}
