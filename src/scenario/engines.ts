import type { EngineName } from './engine-name.ts'
import type { Feed } from './feed.ts'
import type { ComparableMetricName, MetricName } from './metric-names.ts'
import type { OptionFields } from './options.ts'
import type {
  ExclusionRule,
  Expectation,
  OpenWorkload,
  Sweep,
  SweepPoint,
  Target,
  TargetOptions,
} from './scenario-parts.ts'

/** Metrics that an engine's arms can be compared on. */
export const engineComparableMetrics = Object.freeze({
  client: ['throughput', 'latency.p50', 'latency.p90', 'latency.p99', 'cpuPerRequest'],
  raw: ['throughput', 'latency.p50', 'latency.p90', 'latency.p99', 'cpuPerRequest'],
  // Its latencies are whole milliseconds of a generator that is meant to be busy: nothing to compare.
  autocannon: ['throughput'],
  micro: ['throughput', 'latency.p50', 'latency.p90', 'latency.p99'],
} as const satisfies Record<EngineName, readonly ComparableMetricName[]>)

/** Metrics of an engine that a threshold may limit by their value. */
export const engineMetrics = Object.freeze({
  client: [
    ...engineComparableMetrics.client,
    ...(['latency.p95', 'latency.p99.9'] as const),
    ...(['connectionsPerRequest', 'handshakesPerRequest', 'errorRate', 'drops', 'rateHeld'] as const),
  ],
  raw: [
    ...engineComparableMetrics.raw,
    ...(['latency.p95', 'latency.p99.9'] as const),
    ...(['connectionsPerRequest', 'handshakesPerRequest', 'errorRate', 'drops', 'rateHeld'] as const),
  ],
  autocannon: ['throughput', 'connectionsPerRequest', 'handshakesPerRequest', 'errorRate'],
  micro: [...engineComparableMetrics.micro, 'errorRate'],
} as const satisfies Record<EngineName, readonly MetricName[]>)

type Comparable<Engine extends EngineName> = (typeof engineComparableMetrics)[Engine][number]
type Limited<Engine extends EngineName> = (typeof engineMetrics)[Engine][number]

/** A threshold on a metric that the engine has. */
type EngineThreshold<Engine extends EngineName, Name extends string> =
  | { readonly variant: Name; readonly metric: Comparable<Engine>; readonly maxRatio: number }
  | { readonly variant: Name; readonly metric: Limited<Engine>; readonly min?: number; readonly max?: number }

/** What scenarios of every engine say. */
interface CommonScenario<Engine extends EngineName, Name extends string, S extends Sweep>
  extends Pick<OptionFields, 'budgetMs' | 'margins' | 'isolation'> {
  /** What the comparison answers, as a question. */
  readonly question: string
  /** What to expect and why, in plain words; shown under the tables. */
  readonly explain?: string
  /** Words to group scenarios by. */
  readonly tags?: readonly string[]
  readonly sweep?: S
  /** The variant that the others are compared with: a key of `variants`. @default the only variant, where there is one */
  readonly baseline?: NoInfer<Name>
  /** The one metric that the verdict is about. @default 'throughput' */
  readonly primaryMetric?: Comparable<Engine>
  readonly thresholds?: readonly EngineThreshold<Engine, NoInfer<Name>>[]
  /** Share of an arm's requests or calls that may fail (0 to 1) before the comparison is INVALID. @default 0.01 */
  readonly errorBudget?: number
  /** Rounds to leave out, every arm's blocks alike, by what the machine did. @default none */
  readonly exclude?: ExclusionRule
  /** How it ought to come out, as the ratio of a variant to the baseline; the report says when it does not. */
  readonly expect?: readonly Expectation<NoInfer<Name>>[]
}

/** A request as it goes out. */
interface LaidDownRequest {
  /** Path and query on the target: `/bytes/1024`. */
  readonly path: `/${string}`
  /** @default {} */
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

/**
 * A request of a raw arm. `{{name}}` in the path, in the value of a header or in a body of text stands for that field of the
 * scenario's feed: in a path it is encoded, elsewhere as it is.
 */
export interface RawRequest extends LaidDownRequest {
  /** @default 'GET' */
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'
  /** How often it comes in a cycle, 1 to 1,000. @default 1 */
  readonly weight?: number
}

/** Over which connections a raw arm sends. */
interface RawConnections {
  /** Kept ones; of single requests, how many at a time in a closed loop (an open one has `maxInFlight`). 1 to 10,000. @default 10 */
  readonly connections?: number
  /** Requests under way on each connection, 1 to 1,000. @default 1 */
  readonly pipelining?: number
  /**
   * `block`: connections are opened before the time of a block begins, and kept. `request`: each request has a connection of its own,
   * whose opening is part of its latency.
   * @default 'block'
   */
  readonly connectionPer?: 'block' | 'request'
  /** On https: whether later connections resume the TLS session of an earlier one. @default 'full' */
  readonly handshakes?: 'full' | 'resumed'
}

/** What a raw arm sends: one request again and again, or several in a cycle. */
export type RawLoad = RawConnections & (RawRequest | { readonly requests: readonly RawRequest[] })

/** Says what a raw arm sends; called once per process. */
type MakeRawLoad<S extends Sweep> = (context: {
  readonly target: Target
  readonly params: SweepPoint<S>
}) => RawLoad | Promise<RawLoad>

/**
 * A scenario about a server: requests whose bytes are laid down beforehand, over bare sockets, as many as the server answers; or
 * at a rate, with an open `workload`. Its variants return a description of what is sent. HTTP/1.1 only; certificates are verified.
 *
 * @example
 * export default defineScenario({
 *   engine: 'raw',
 *   question: 'How many connections load the server fully?',
 *   sweep: { connections: [1, 10, 100] },
 *   variants: { get: ({ params }) => ({ path: '/get', connections: params.connections }) },
 * })
 */
export interface RawScenario<Name extends string = string, S extends Sweep = Sweep>
  extends CommonScenario<'raw', Name, S>,
    Pick<OptionFields, 'processes'> {
  readonly engine: 'raw'
  readonly target?: TargetOptions
  /** @default as many requests as are answered */
  readonly workload?: OpenWorkload
  /** Rows for `{{name}}` in requests. */
  readonly feed?: Feed<Readonly<Record<string, unknown>>>
  /** Statuses of 400 and more that are no failure. @default none */
  readonly expectedStatuses?: readonly number[]
  readonly variants: Readonly<Record<Name, MakeRawLoad<NoInfer<S>>>>
}

/**
 * The request that autocannon sends again and again, and over how many connections. There is no HEAD: autocannon would wait
 * for the body that HEAD's answer announces and does not have.
 */
export interface AutocannonRequest extends LaidDownRequest {
  /** @default 'GET' */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'
  /** Kept connections, 1 to 10,000. @default 10 */
  readonly connections?: number
  /** Requests under way on each connection, 1 to 1,000. @default 1 */
  readonly pipelining?: number
}

/** Says what autocannon sends; called once per process. */
type MakeAutocannonRequest<S extends Sweep> = (context: {
  readonly target: Target
  readonly params: SweepPoint<S>
}) => AutocannonRequest | Promise<AutocannonRequest>

/**
 * A scenario about a server: autocannon sends one request over kept connections, as many times as the server answers it.
 * Its variants return a description of that request. Connections are opened before each block's time begins; on https the
 * server's certificate is not verified. The engine `raw` does the same at less cost, with latencies to the µs.
 */
export interface AutocannonScenario<Name extends string = string, S extends Sweep = Sweep>
  extends CommonScenario<'autocannon', Name, S>,
    Pick<OptionFields, 'processes'> {
  readonly engine: 'autocannon'
  readonly target?: TargetOptions
  readonly variants: Readonly<Record<Name, MakeAutocannonRequest<NoInfer<S>>>>
}

/**
 * One call of the function under test. What it returns is kept, so that the compiler cannot leave the work out; a promise
 * is awaited before the next call. `index` counts calls: derive inputs from it where constant ones would be folded away.
 */
export type MicroCall = (index: number) => unknown

/** A function under test, alone or with what has to be closed afterwards. */
export type MicroVariant = MicroCall | { readonly run: MicroCall; readonly close?: () => unknown }

/** Makes a function under test; called once per process. */
type MakeMicroVariant<S extends Sweep> = (context: {
  readonly params: SweepPoint<S>
}) => MicroVariant | Promise<MicroVariant>

/**
 * A scenario about functions: tinybench calls each in a tight loop, block by block, interleaved as all arms are. There is no
 * target and no request. Latency is the mean time of a call within a batch of calls that is long enough to be timed.
 *
 * @example
 * export default defineScenario({
 *   engine: 'micro',
 *   question: 'Is a template cheaper than a concatenation?',
 *   baseline: 'plus',
 *   variants: { plus: () => (index) => 'a' + index, template: () => (index) => `a${index}` },
 * })
 */
export interface MicroScenario<Name extends string = string, S extends Sweep = Sweep>
  extends CommonScenario<'micro', Name, S> {
  readonly engine: 'micro'
  readonly variants: Readonly<Record<Name, MakeMicroVariant<NoInfer<S>>>>
}
