import type { Bound } from '../listen.ts'
import type { LinkShape } from './link-shape.ts'

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

/** What the link worker answers. */
export type LinkReply =
  | { readonly kind: 'opened'; readonly id: number; readonly bound: Bound }
  | { readonly kind: 'closed'; readonly id: number }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string }
