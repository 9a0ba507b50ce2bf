import type { Bound } from '../listen.ts'
import type { Lateness } from './lateness.ts'
import type { LinkShape } from './link-shape.ts'

/** A request has a number, which its answer carries too. */
export interface LinkMessage<Body> {
  readonly message: number
  readonly body: Body
}

/** What the server asks of the link worker. */
export type LinkRequest =
  | {
      readonly kind: 'open'
      readonly id: number
      /** Where the link listens. */
      readonly host: string
      /** Where it leads to. */
      readonly target: Bound
      readonly shape: LinkShape
    }
  | { readonly kind: 'close'; readonly id: number }
  /** Another distance, from the next piece on; connections stay. */
  | { readonly kind: 'set'; readonly id: number; readonly rttMs: number }
  /** How late pieces have come out since this was last asked. */
  | { readonly kind: 'read'; readonly id: number }

/** What the link worker answers. */
export type LinkReply =
  | { readonly kind: 'opened'; readonly id: number; readonly bound: Bound }
  | { readonly kind: 'close'; readonly id: number }
  | { readonly kind: 'set'; readonly id: number }
  | { readonly kind: 'read'; readonly id: number; readonly lateness: Lateness }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string }
