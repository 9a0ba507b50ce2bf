import * as z from 'zod'
import type { TargetProfile } from '../plan/target-profile.ts'
import { protocols } from '../scenario/define.ts'
import { targetConditionsFields } from '../scenario/target-conditions.ts'

/** Where requests went, as documents say it: what later runs are matched by. */
export const targetSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('fixture'),
    protocol: z.enum(protocols),
    rttMs: z.number(),
    conditions: z.strictObject(targetConditionsFields).optional().describe('what is not at its default'),
  }),
  z.strictObject({
    kind: z.literal('external'),
    protocol: z.enum(protocols),
    origin: z.string(),
    name: z.string().optional().describe('what its user calls it, whatever its address is'),
    rttMs: z.literal(0),
  }),
  z.strictObject({ kind: z.literal('none'), protocol: z.null(), rttMs: z.literal(0) }),
]) satisfies z.ZodType<TargetProfile>
