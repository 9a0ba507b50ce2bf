import type { AutocannonScenario, MicroScenario, RawScenario } from './engines.ts'
import type { CsvRow, Feed } from './feed.ts'
import type { ComparableMetricName } from './metric-names.ts'
import type { OptionFields } from './options.ts'
import type {
  ExclusionRule,
  Expectation,
  MakeVariant,
  RoundTrips,
  Sweep,
  TargetOptions,
  Threshold,
  Workload,
} from './scenario-parts.ts'

/** One piece of HTTP work and several ways of doing it. */
export interface Scenario<Name extends string = string, S extends Sweep = Sweep, Row = unknown, UserRow = unknown>
  extends Pick<OptionFields, 'budgetMs' | 'margins' | 'isolation' | 'variantPer' | 'phases' | 'processes'> {
  /** What loads the arms; see RawScenario, AutocannonScenario and MicroScenario for the others. @default 'client' */
  readonly engine?: 'client'
  /** What the comparison answers, as a question. */
  readonly question: string
  /** What to expect and why, in plain words; shown under the tables. */
  readonly explain?: string
  /** Round trips of an iteration, by variant: reports then print the model beside the measurement. */
  readonly roundTrips?: Readonly<Partial<Record<NoInfer<Name>, RoundTrips>>>
  /** What ought to come out; shown, never gated. */
  readonly expect?: readonly Expectation<NoInfer<Name>>[]
  /** Words to group scenarios by; `teaching`, `regression`, `capacity` and `quick` are suites. */
  readonly tags?: readonly string[]
  readonly target?: TargetOptions
  readonly workload?: Workload
  readonly sweep?: S
  /** The variant that the others are compared with: a key of `variants`. @default the only variant, where there is one */
  readonly baseline?: NoInfer<Name>
  // Not a Readonly<Record<…>>: the compiler would choose Row before it has seen the feed.
  readonly variants: { readonly [Key in Name]: MakeVariant<NoInfer<S>, NoInfer<Row>, NoInfer<UserRow>> }
  /**
   * Data for iterations: `iteration.data` is the row of the iteration's index. Write it above `variants`, so that the
   * compiler knows what a row is when it comes to them.
   */
  readonly feed?: Feed<Row>
  /** Data for virtual users: `user.data` is the row of the user's index. Rows repeat when there are more users. */
  readonly userFeed?: Feed<UserRow>
  /** The one metric that the verdict is about. @default 'latency.p50' */
  readonly primaryMetric?: ComparableMetricName
  readonly thresholds?: readonly Threshold<NoInfer<Name>>[]
  /** Share of an arm's iterations that may fail (0 to 1) before the comparison is INVALID. @default 0.01 */
  readonly errorBudget?: number
  /**
   * Statuses of 400 and more that are no failure of an iteration, 400 to 599 each: a page that is meant to be missing. What a
   * client throws is a failure all the same.
   * @default none: an iteration fails when the last answer to one of its requests is 400 or more, whatever it returns
   * @example [404]
   */
  readonly expectedStatuses?: readonly number[]
  /**
   * Rounds to leave out, every arm's blocks alike, by what the machine did and not by what was measured. They are counted
   * and said; the ledger is checked in them all the same.
   * @default none
   */
  readonly exclude?: ExclusionRule
}

/** A scenario of any engine; `engine` tells them apart. */
export type AnyScenario<Name extends string = string, S extends Sweep = Sweep, Row = unknown, UserRow = unknown> =
  | Scenario<Name, S, Row, UserRow>
  | RawScenario<Name, S>
  | AutocannonScenario<Name, S>
  | MicroScenario<Name, S>

/** A baseline must be said where there are several names. */
type BaselineOfSeveral<Name extends string> = IsUnion<Name> extends true ? { readonly baseline: string } : unknown
type IsUnion<Name, Each = Name> = (Each extends unknown ? ([Name] extends [Each] ? true : false) : never) extends true
  ? false
  : true

/**
 * Declares a scenario: the default export of a scenario module. It adds nothing at run time; its types make a `baseline`
 * or a threshold's `variant` that is not a key of `variants` a compile error, as several variants without a `baseline` are.
 *
 * @example
 * export default defineScenario({
 *   question: 'What does keeping the connection buy?',
 *   baseline: 'stateless',
 *   variants: {
 *     stateless: ({ target }) => (signal) => get(target.url('/get'), { signal }),
 *     session: ({ target }) => {
 *       const session = new Session()
 *       return { run: (signal) => session.get(target.url('/get'), { signal }), close: () => session.close() }
 *     },
 *   },
 * })
 */
export function defineScenario<
  const Name extends string,
  const S extends Sweep = Record<never, never>,
  Row = CsvRow,
  UserRow = CsvRow,
>(scenario: AnyScenario<Name, S, Row, UserRow> & BaselineOfSeveral<Name>): AnyScenario<Name, S, Row, UserRow> {
  return scenario
}
