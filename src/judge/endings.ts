import type { Steadiness } from '../statistics/steadiness.ts'

/** How the measuring of a comparison ended. */
export type ComparisonEnd =
  /** `bound reached`: as many rounds or generations as the user asked for. */
  | { readonly state: 'decided' | 'last look taken' | 'budget ended' | 'bound reached' | 'interrupted' }
  /** `stopped`: for the sake of a server. */
  | { readonly state: 'too short' | 'failed' | 'stopped'; readonly message: string }

/** How an arm's warm-up ended: `too few` pieces of it cannot be judged. */
export interface WarmUpReport {
  readonly arm: string
  readonly generation: number
  readonly elapsedMs: number
  readonly state: Steadiness['state']
  /** Over the last pieces: of throughput, or of median latency in an open loop, whose rate is given. */
  readonly changePercent?: number
}
