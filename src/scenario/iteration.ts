/** One of the users that a workload stands for: a worker of a closed loop, a place among those in flight of an open one. */
export interface User<Row = unknown> {
  /** From 0. */
  readonly index: number
  /** This user's row of `userFeed`. */
  readonly data: Row
}

/** What an iteration may know of itself, and how it names its requests. */
export interface Iteration<Row = unknown, UserRow = unknown> {
  /**
   * Counts an arm's measured iterations in one generation from 0, and those of its warm-up apart. None comes twice, but some
   * are left out: where one arm has run more iterations than another, both begin their next pair of blocks at one index.
   */
  readonly index: number
  /** This iteration's row of `feed`: the same for the same index in every arm. */
  readonly data: Row
  readonly user: User<UserRow>
  /**
   * Runs a part of the iteration under a name of its own, times it, and counts whether it succeeded: a response is read
   * to its end and a status of 400 or more is a failure, as of the iteration itself. Resolves to what `work` came to;
   * rejects with its failure, which is the iteration's too unless it is caught. At most 32 names.
   *
   * @example
   * await iteration.step('login', () => session.post('/login', { form: iteration.data, signal }))
   */
  step<Value>(name: string, work: () => Value): Promise<Awaited<Value>>
}

/**
 * One iteration of the work. An unread response that it resolves to (of Session, fetch, ky, undici's `request` or
 * node:http) is read to its end inside the measured time, and a status of 400 or more counts as a failure; anything else
 * is ignored.
 * A rejection is a failed iteration, never the end of the run.
 */
export type RunIteration<Row = unknown, UserRow = unknown> = (
  signal: AbortSignal,
  iteration: Iteration<Row, UserRow>,
) => unknown

/** A variant ready to run: the iteration alone, or with what has to be closed afterwards. */
export type RunnableVariant<Row = unknown, UserRow = unknown> =
  | RunIteration<Row, UserRow>
  | { readonly run: RunIteration<Row, UserRow>; readonly close?: () => unknown }

/**
 * A variant with something of its own for each virtual user, such as a session. Users are made before the block that
 * needs them first, unmeasured; in an open loop, which does not know how many it will take, within the first iteration
 * of each. They live as long as the variant.
 */
export interface VariantOfUsers<Row = unknown, UserRow = unknown> {
  readonly user: (user: User<UserRow>) => RunnableVariant<Row, UserRow> | Promise<RunnableVariant<Row, UserRow>>
  /** Called when all users are closed. */
  readonly close?: () => unknown
}

export type Variant<Row = unknown, UserRow = unknown> = RunnableVariant<Row, UserRow> | VariantOfUsers<Row, UserRow>
