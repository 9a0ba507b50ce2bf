import type { LinkShape } from './link-shape.ts'

/** What the server asks of the link worker. */
export type LinkRequest =
  | {
      readonly kind: 'open'
      readonly id: number
      readonly host: string
      readonly targetPort: number
      readonly shape: LinkShape
    }
  | { readonly kind: 'close'; readonly id: number }

/** What the link worker answers. */
export type LinkReply =
  | { readonly kind: 'opened'; readonly id: number; readonly port: number }
  | { readonly kind: 'closed'; readonly id: number }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string }
