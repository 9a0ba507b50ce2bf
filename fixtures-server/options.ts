import { z } from 'zod'
import { FixtureError } from './fixture-error.ts'
import { type ListenerName, listenerNames, type ProxyName, proxyNames } from './ledger-snapshot.ts'

/** The TLS versions that the server can be held to. */
const tlsVersions = Object.freeze(['1.2', '1.3'] as const)
type TlsVersion = (typeof tlsVersions)[number]

/** Ports to listen on, each `@default 0`, which lets the system pick a free one. */
export type FixturePorts = { [name in ListenerName | ProxyName | 'control']?: number | undefined }

/** Options of `startFixtureServer`, all optional. */
export interface FixtureOptions {
  /**
   * Address to bind. Anything but loopback carries a warning.
   * @default '127.0.0.1'
   */
  host?: string | undefined
  /** @example { http: 8080 } */
  ports?: FixturePorts | undefined
  /**
   * Seed of everything random that the server does.
   * @default 1
   */
  seed?: number | undefined
  /**
   * How long a kept connection may be idle before the server closes it. Long, so that idle arms are not cut.
   * @default 75_000
   */
  idleTimeoutMs?: number | undefined
  /**
   * How long a request head may take to arrive before the server answers 408.
   * @default 30_000
   */
  headTimeoutMs?: number | undefined
  /**
   * Largest request body; a longer one is answered 413.
   * @default 10_485_760
   */
  maxBodyBytes?: number | undefined
  /**
   * Whether TLS clients are given session tickets, with which they can resume a session.
   * @default true
   */
  sessionTickets?: boolean | undefined
  /**
   * The one TLS version that is spoken.
   * @default 1.2 and 1.3, as the client likes
   */
  tlsVersion?: TlsVersion | undefined
  /**
   * Requests after which a connection is closed, announced in the last reply (`Connection: close`, GOAWAY over HTTP/2).
   * @default unlimited
   */
  maxRequestsPerConnection?: number | undefined
  /**
   * Threads that serve, each with the listeners on the same ports. The ledger is one; logins, tokens, attempts, queues
   * and the draws of faults are each thread's own.
   * @default 1
   */
  workers?: number | undefined
  /**
   * How long a request body may take to arrive, besides a second for each 1,000 bytes that have; then the server answers
   * 408 and ends the connection.
   * @default 30_000
   */
  bodyTimeoutMs?: number | undefined
  /**
   * What requests to the control port must bring, as `Authorization: Bearer TOKEN`.
   * @default none is asked for
   */
  controlToken?: string | undefined
}

/** Complete options, as the server uses them. */
export interface ResolvedFixtureOptions {
  readonly host: string
  readonly ports: Readonly<Record<keyof FixturePorts, number>>
  readonly seed: number
  readonly idleTimeoutMs: number
  readonly headTimeoutMs: number
  readonly maxBodyBytes: number
  readonly sessionTickets: boolean
  readonly tlsVersion?: TlsVersion
  readonly maxRequestsPerConnection?: number
  readonly workers: number
  readonly bodyTimeoutMs: number
  readonly controlToken?: string
}

/** Where a fixture server in a process of its own looks for its control token: arguments can be read by every user. */
export const controlTokenVariable = 'SESSIONBENCH_CONTROL_TOKEN'

/** Largest request head; a larger one is answered 431. */
export const maxHeadBytes = 16 * 1024

const portNames = [...listenerNames, ...proxyNames, 'control'] as const

/** Defaults of every option. */
export const fixtureDefaults: ResolvedFixtureOptions = Object.freeze({
  host: '127.0.0.1',
  ports: Object.freeze(Object.fromEntries(portNames.map((name) => [name, 0])) as Record<keyof FixturePorts, number>),
  seed: 1,
  idleTimeoutMs: 75_000,
  headTimeoutMs: 30_000,
  maxBodyBytes: 10 * 1024 * 1024,
  sessionTickets: true,
  workers: 1,
  bodyTimeoutMs: 30_000,
})

const port = z.int().min(0).max(65_535).optional()
const positiveMs = z.int().min(1).max(86_400_000).optional()

const schema = z.strictObject({
  host: z.string().min(1).optional(),
  ports: z.strictObject(Object.fromEntries(portNames.map((name) => [name, port]))).optional(),
  seed: z.int().min(0).max(0xffff_ffff).optional(),
  idleTimeoutMs: positiveMs,
  headTimeoutMs: positiveMs,
  maxBodyBytes: z
    .int()
    .min(0)
    .max(1024 ** 3)
    .optional(),
  sessionTickets: z.boolean().optional(),
  tlsVersion: z.enum(tlsVersions).optional(),
  maxRequestsPerConnection: z.int().min(1).optional(),
  workers: z.int().min(1).max(64).optional(),
  bodyTimeoutMs: positiveMs,
  controlToken: z
    .string()
    .regex(/^[\x21-\x7e]{1,256}$/, 'must be 1 to 256 visible ASCII characters')
    .optional(),
})

/** Completes `options`; throws a `FixtureError` that names every bad option by its path. */
export function resolveFixtureOptions(options: unknown = {}): ResolvedFixtureOptions {
  const read = schema.safeParse(options)
  if (!read.success) {
    const problems = read.error.issues.map((issue) => `${issue.path.join('.') || 'options'}: ${issue.message}`)
    throw new FixtureError('bad-option', `Bad fixture server options: ${problems.join('; ')}`)
  }
  const { ports, ...given } = read.data
  return Object.freeze({
    ...fixtureDefaults,
    ...withoutUndefined(given),
    ports: Object.freeze({ ...fixtureDefaults.ports, ...withoutUndefined(ports ?? {}) }),
  })
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> }

// An option given as undefined means "the default", not "no value".
function withoutUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Defined<T>
}

/** How often node:http is to look for requests that are too slow. */
export function checkingIntervalMs(timeoutMs: number): number {
  return Math.max(50, Math.ceil(timeoutMs / 4))
}
