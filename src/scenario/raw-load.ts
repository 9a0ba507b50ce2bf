import * as z from 'zod'
import { BenchError } from '../bench-error.ts'
import type { RawLoad, RawRequest } from './engines.ts'
import { headerName, headerValue } from './header-syntax.ts'

/** A request of a raw arm, complete but for its body. */
export type ResolvedRawRequest = Required<Omit<RawRequest, 'body'>> & Pick<RawRequest, 'body'>

/** What a raw arm sends, complete. */
export interface ResolvedRawLoad {
  readonly requests: readonly ResolvedRawRequest[]
  readonly connections: number
  readonly pipelining: number
  readonly connectionPer: 'block' | 'request'
  readonly handshakes: 'full' | 'resumed'
}

const rawLoadDefaults = Object.freeze({ connections: 10, pipelining: 1 })

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const
const requestFields = {
  path: z.custom<`/${string}`>((path) => typeof path === 'string' && /^\/[\x21-\x7e]*$/.test(path), {
    error: 'expected a path on the target that starts with /, with spaces and letters beyond ASCII encoded',
  }),
  method: z.enum(methods, { error: `expected ${methods.slice(0, -1).join(', ')} or ${methods.at(-1)}` }).default('GET'),
  headers: z
    .record(
      z.string().regex(headerName, { error: 'expected the name of a header' }),
      z.string().regex(headerValue, { error: 'expected a value that a header can have' }),
    )
    .default({}),
  body: z.union([z.string(), z.instanceof(Uint8Array)]).exactOptional(),
  weight: z.int().min(1).max(1_000).default(1),
}
const connectionFields = {
  connections: z.int().min(1).max(10_000).default(rawLoadDefaults.connections),
  pipelining: z.int().min(1).max(1_000).default(rawLoadDefaults.pipelining),
  connectionPer: z.enum(['block', 'request']).default('block'),
  handshakes: z.enum(['full', 'resumed']).default('full'),
}
const ofOne = z.strictObject({ ...requestFields, ...connectionFields })
const ofSeveral = z.strictObject({
  requests: z.array(z.strictObject(requestFields)).min(1).max(1_000),
  ...connectionFields,
})

/** What a variant returned, complete. Throws BenchError when it says nothing that can be sent. */
export function resolveRawLoad(value: RawLoad, variant: string): ResolvedRawLoad {
  const isSeveral = typeof value === 'object' && value !== null && 'requests' in value
  const parsed = (isSeveral ? ofSeveral : ofOne).safeParse(value)
  if (!parsed.success) {
    throw refuse(
      variant,
      parsed.error.issues.map(({ path, message }) => `${path.join('.') || '(all of it)'}: ${message}`),
    )
  }
  const { connections, pipelining, connectionPer, handshakes, ...rest } = parsed.data
  if (connectionPer === 'request' && pipelining > 1) {
    throw refuse(variant, ['pipelining: a connection for each request carries one; leave it out'])
  }
  const requests = 'requests' in rest ? rest.requests : [rest]
  return { requests, connections, pipelining, connectionPer, handshakes }
}

function refuse(variant: string, problems: readonly string[]): BenchError {
  const lines = problems.map((problem) => `\n  ${problem}`)
  return new BenchError('INVALID_SCENARIO', `variants.${variant} says nothing that can be sent:${lines.join('')}`)
}
