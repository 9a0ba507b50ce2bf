import type { User, Variant } from './iteration.ts'
import type { ComparableMetricName, MetricName } from './metric-names.ts'
import type { OptionFields, OptionValue } from './options.ts'
import type { Protocol } from './protocol.ts'
import type { Stage } from './stages.ts'
import type { TargetAccess } from './target-access.ts'
import type { TargetConditions, TargetProxies } from './target-conditions.ts'

/**
 * What a target is asked for. A list makes one table (and one comparison) per value; two lists make the grid. Whatever
 * is not at its default stands in the table's title.
 */
export interface TargetOptions extends TargetConditions {
  /**
   * What a server that `--target` gives is called: a run at another address or port is then compared with earlier ones of
   * the same name. `--target-name` wins. @default its address
   * @example 'checkout-staging'
   */
  readonly name?: string
  /** @default 'http' */
  readonly protocol?: Protocol | readonly Protocol[]
  /** Round-trip time that the link emulator adds, in milliseconds, 0 to 10,000. @default 0 */
  readonly rttMs?: number | readonly number[]
}

/** A closed loop: `concurrency` workers, each starting its next iteration when its last one has ended. */
export interface ClosedWorkload extends Pick<OptionFields, 'concurrency' | 'thinkTimeMs' | 'iterations'> {
  readonly model: 'closed'
  /**
   * Of a block of `iterations`: what is not done by then is aborted or never started, and counted as `timeout`.
   * @default 60_000
   */
  readonly maxDurationMs?: number
  /** An iteration that takes longer is aborted through its signal and counted as `timeout`. @default 10_000 */
  readonly iterationTimeoutMs?: number
}

/**
 * An open loop: iterations start at a given rate, however long earlier ones take, as those of independent users do.
 * Latency is then response time, counted from when an iteration was due.
 */
export type OpenWorkload = OpenLoopSettings &
  (
    | {
        /** Iterations per second, 0.01 to 100,000. */
        readonly arrivalRate: OptionValue<'arrivalRate'>
        readonly stages?: never
      }
    | {
        /**
         * A rate that changes, instead of one `arrivalRate`: every block runs the whole profile, 1 to 32 stages. Warm-up is at
         * its mean rate.
         * @example [{ durationMs: 5_000, arrivalRate: 0, rampTo: 200 }, { durationMs: 20_000, arrivalRate: 200 }]
         */
        readonly stages: readonly Stage[]
        readonly arrivalRate?: never
      }
  )

interface OpenLoopSettings extends Pick<OptionFields, 'arrivals' | 'maxInFlight'> {
  readonly model: 'open'
  /** An iteration that takes longer is aborted through its signal and counted as `timeout`. @default 10_000 */
  readonly iterationTimeoutMs?: number
}

/** How iterations are started. */
export type Workload = ClosedWorkload | OpenWorkload

/** A value that a sweep can vary. */
export type SweepValue = string | number | boolean

/** Parameters to vary, each with its values; the grid of all of them is crossed with the variants. */
export type Sweep = Readonly<Record<string, readonly SweepValue[]>>

/** One point of a sweep, as its variants receive it. */
export type SweepPoint<S extends Sweep> = { readonly [Name in keyof S]: S[Name][number] }

/** What a variant may know about the target that it is run against. */
export interface Target {
  readonly protocol: Protocol
  /** Added round-trip time in milliseconds; 0 for an external target. */
  readonly rttMs: number
  /** Scheme, host and port, without a trailing slash: `https://127.0.0.1:41234`. */
  readonly origin: string
  /** The certificate authority to trust, as PEM; undefined when the system's own are right. */
  readonly ca: string | undefined
  /**
   * What a client needs to be let in, as options of a Session or a call: the authority to trust, and whatever the run was told
   * of a target of the user's own.
   * @example new Session({ baseUrl: target.origin, ...target.access })
   */
  readonly access: TargetAccess
  /** The absolute URL of a path on the target: `target.url('/get')`. */
  url(path: string): string
  /** The target's proxies; throws unless the scenario asks for them with `target: { proxies: true }`. */
  readonly proxies: TargetProxies
}

export interface VariantContext<S extends Sweep, Row = unknown, UserRow = unknown> {
  readonly target: Target
  readonly params: SweepPoint<S>
  /** The most iterations that will be under way at any time: what a pool must hold if it is not to be the limit. */
  readonly concurrency: number
  /** The row of `feed` that the iteration of this index gets. */
  readonly rowOf: (index: number) => Row
  /** The virtual user of this index, with its row of `userFeed`. */
  readonly userOf: (index: number) => User<UserRow>
}

/** Makes a variant. Called once per process, before warm-up, or once per block: see `variantPer`. */
export type MakeVariant<S extends Sweep, Row = unknown, UserRow = unknown> = (
  context: VariantContext<S, Row, UserRow>,
) => Variant<Row, UserRow> | Promise<Variant<Row, UserRow>>

/** A limit on the ratio of a variant to the baseline; it holds when the whole interval keeps it. */
export interface RatioThreshold<Name extends string> {
  readonly variant: Name
  readonly metric: ComparableMetricName
  /** Variant ÷ baseline may be at most this. */
  readonly maxRatio: number
}

/**
 * A limit on a variant's own value: milliseconds, µs of CPU, iterations/s, a count per request, or a share (0 to 1). Of an
 * open loop `drops` is the share of arrivals not sent, `rateHeld` the rate sent by the one asked for.
 */
export interface ValueThreshold<Name extends string> {
  readonly variant: Name
  readonly metric: MetricName
  /** At least one of the two. */
  readonly min?: number
  readonly max?: number
}

export type Threshold<Name extends string = string> = RatioThreshold<Name> | ValueThreshold<Name>

/** Round trips that one iteration takes: what distance multiplies. By protocol where they differ. */
export type RoundTrips = number | Readonly<Partial<Record<Protocol, number>>>

/** How a variant ought to compare with the baseline. No gate: the report says whether it came out, and why it may not have. */
export interface Expectation<Name extends string = string> {
  readonly variant: Name
  /** @default the scenario's primaryMetric */
  readonly metric?: ComparableMetricName
  /** Only arms with these values of the sweep. */
  readonly params?: Readonly<Record<string, SweepValue>>
  readonly protocol?: Protocol
  /** Only targets at least so far away, in milliseconds. @default 0 */
  readonly minRttMs?: number
  /** Variant ÷ baseline; at least one of the two. */
  readonly ratio: { readonly min?: number; readonly max?: number }
  /** The reason, in plain words. */
  readonly because?: string
}

/** `shared`: arms run in one process and the unit is the quad; `process`: each in its own, several generations. */
export type Isolation = OptionValue<'isolation'>

/** Declared before anything is measured: which rounds do not count. */
export interface ExclusionRule {
  /** A round in which more than this share of all CPUs' time went to other machines (steal), 0 to 1. */
  readonly cpuSteal: number
}

/** How long a variant lives: as long as its process, or for one block. */
export type VariantPer = OptionValue<'variantPer'>
