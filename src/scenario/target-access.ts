import { defined } from '../session/defined.ts'
import type { Options } from './options.ts'

/**
 * What a client needs to be let in by its target, in the words of a Session's and a call's options; what is absent needs nothing.
 * No document, event or message holds it: it is for clients only.
 */
export interface TargetAccess {
  /** The certificate authority to trust, as PEM. @default the system's own */
  readonly ca?: string
  /** `false`: certificates are not verified. @default true */
  readonly verify?: false
  /** Sent with every request. @default none */
  readonly headers?: Readonly<Record<string, string>>
}

/** What the user has said of a target of his own. */
export function makeAccess({ ca, insecure, headers }: Options): TargetAccess {
  return defined({ ca, verify: insecure ? (false as const) : undefined, headers })
}
