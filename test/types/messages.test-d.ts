// Compiled by `npm run typecheck`, never run: each @ts-expect-error below it must really be an error.
import type { ArmReply, ArmRequest } from '../../src/arm/messages.ts'

/** Plain data, which can be copied to another process or machine; of anything else nothing is left. */
type Plain<Value> = Value extends string | number | boolean | null | undefined
  ? Value
  : Value extends (...args: never) => unknown
    ? never
    : { readonly [Key in keyof Value]: Plain<Value[Key]> }

export const copyRequest = (request: ArmRequest): Plain<ArmRequest> => request
export const copyReply = (reply: ArmReply): Plain<ArmReply> => reply

// @ts-expect-error a function never crosses
export const copyFunction = (request: { readonly run: () => void }): Plain<{ readonly run: () => void }> => request
