import * as z from 'zod'

/** What goes wrong at the target, for every request. All randomness comes from the run's seed; rates are from 0 to 1. */
export interface TargetFaults {
  /** Freezes all replies for the last `forMs` of every `everyMs`. */
  readonly stall?: { readonly everyMs: number; readonly forMs: number } | undefined
  /** Extra time before each reply, by a law with this mean. */
  readonly latency?:
    | { readonly law: 'fixed' | 'exponential' | 'lognormal' | 'bimodal'; readonly meanMs: number }
    | undefined
  /** Share of the requests that are answered with `errorStatus` instead. @default 0 */
  readonly errorRate?: number | undefined
  /** @default 503 */
  readonly errorStatus?: number | undefined
  /** Share of the requests that get a reset connection (RST) instead of an answer. @default 0 */
  readonly resetRate?: number | undefined
  /** As `resetRate`, but only for requests on a connection that has carried one before. @default 0 */
  readonly resetReused?: number | undefined
}

/** Under which conditions the fixture server is measured, besides its protocol and its distance. */
export interface TargetConditions {
  /**
   * What goes wrong on request. Failed iterations count against the scenario's `errorBudget`.
   * @example { resetReused: 0.01 }
   */
  readonly faults?: TargetFaults | undefined
  /** Every piece of data takes up to this much longer on the link, uniformly, 0 to 10,000 ms; order is kept. @default 0 */
  readonly jitterMs?: number | undefined
  /**
   * Capacity of the link in bytes per second, at least 1,000, shared by all connections: of each direction, or of one.
   * `up` is from client to server.
   * @default unlimited
   * @example { up: 1_000_000, down: 10_000_000 }
   */
  readonly bytesPerSecond?:
    | number
    | { readonly up?: number | undefined; readonly down?: number | undefined }
    | undefined
  /**
   * How long the server lets a kept connection be idle before it closes it, in milliseconds. It announces whole seconds
   * (`Keep-Alive: timeout=…`, 0 below one), and clients that heed it close sooner. @default 75_000
   */
  readonly keepAliveTimeoutMs?: number | undefined
  /** Requests after which the server closes a connection; its last reply announces it. @default unlimited */
  readonly maxRequestsPerConnection?: number | undefined
  /** The one TLS version that the server speaks. @default both, as the client likes */
  readonly tlsVersion?: '1.2' | '1.3' | undefined
  /** Whether the server gives TLS clients tickets, with which they can resume a session. @default true */
  readonly sessionTickets?: boolean | undefined
  /** Whether variants get the addresses of the fixture server's proxies, as `target.proxies`. @default false */
  readonly proxies?: boolean | undefined
}

/** The fixture server's own proxies, which lead to the target only. All are URLs, those with credentials hold them. */
export interface TargetProxies {
  /** `http://127.0.0.1:41234`: absolute-form requests and CONNECT. */
  readonly http: string
  /** `http://user:secret@127.0.0.1:41235` */
  readonly httpWithCredentials: string
  /** `socks5://127.0.0.1:41236` */
  readonly socks: string
  /** `socks5://user:secret@127.0.0.1:41237` */
  readonly socksWithCredentials: string
}

const rate = z.number().min(0).max(1).optional()
const capacity = z.number().min(1_000)

const targetFaultsSchema = z
  .strictObject({
    stall: z.strictObject({ everyMs: z.number().positive(), forMs: z.number().positive() }).optional(),
    latency: z
      .strictObject({
        law: z.enum(['fixed', 'exponential', 'lognormal', 'bimodal']),
        meanMs: z.number().min(0).max(60_000),
      })
      .optional(),
    errorRate: rate,
    errorStatus: z.int().min(200).max(999).optional(),
    resetRate: rate,
    resetReused: rate,
  })
  .refine(({ stall }) => !stall || stall.forMs < stall.everyMs, {
    path: ['stall', 'forMs'],
    error: 'expected a time that is shorter than everyMs',
  })
  .refine(({ errorStatus, errorRate }) => errorStatus === undefined || errorRate !== undefined, {
    path: ['errorStatus'],
    error: 'expected an errorRate beside it',
  })

/** A name that stands in titles: letters, digits and signs that are seen. */
export const targetNameSchema = z
  .string()
  .min(1)
  .max(60)
  .regex(/^[^\p{C}\p{Zl}\p{Zp}]+$/u, 'expected a name without control characters')

/** The schema of every field of TargetConditions. */
export const targetConditionsFields = {
  faults: targetFaultsSchema.optional(),
  jitterMs: z.number().min(0).max(10_000).optional(),
  bytesPerSecond: z
    .union([
      capacity,
      z
        .strictObject({ up: capacity.optional(), down: capacity.optional() })
        .refine(({ up, down }) => up !== undefined || down !== undefined, { error: 'expected up, down or both' }),
    ])
    .optional(),
  keepAliveTimeoutMs: z.int().min(1).max(86_400_000).optional(),
  maxRequestsPerConnection: z.int().min(1).optional(),
  tlsVersion: z.enum(['1.2', '1.3']).optional(),
  sessionTickets: z.boolean().optional(),
  proxies: z.boolean().optional(),
}
