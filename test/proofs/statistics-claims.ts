import type { Claim } from './claim.ts'
import { designClaims } from './design-claims.ts'
import { intervalClaims } from './interval-claims.ts'
import { tailClaims } from './tail-claims.ts'

/** Everything that this project states about its own chances of error. */
export const claims: readonly Claim[] = [...intervalClaims, ...designClaims, ...tailClaims]
