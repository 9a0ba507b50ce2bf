/** What a comparison comes to; `slower` and `faster` mean costlier and cheaper, whatever the metric counts. */
export const verdicts = ['faster', 'slower', 'same', 'inconclusive', 'invalid'] as const
export type Verdict = (typeof verdicts)[number]

/** An effect on the log scale, turned so that above zero means costlier. */
export interface Cost {
  readonly shift: number
  /** Undefined when there are too few units for one. */
  readonly interval: { readonly low: number; readonly high: number } | undefined
  /** The relevance margin δ, on the same scale, above zero. */
  readonly margin: number
}

/**
 * `slower`: the interval lies above zero and the shift reaches the margin; `faster`: the mirror image; `same`: the interval
 * lies inside the margin (a small difference that is certain is still `same`); else `inconclusive`.
 */
export function judge({ shift, interval, margin }: Cost): Exclude<Verdict, 'invalid'> {
  if (interval === undefined) return 'inconclusive'
  if (interval.low > 0 && shift >= margin) return 'slower'
  if (interval.high < 0 && shift <= -margin) return 'faster'
  if (interval.low > -margin && interval.high < margin) return 'same'
  return 'inconclusive'
}

/** `invalid`: not to be read as a result. `suspect`: with care; why is told. */
export const validities = ['valid', 'suspect', 'invalid'] as const
export type Validity = (typeof validities)[number]
