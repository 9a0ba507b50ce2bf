import * as z from 'zod'

/** One counter of an arm against what it was before. */
export const counterSchema = z.strictObject({
  counter: z.string(),
  form: z.enum(['exact', 'pool', 'per block', 'varies']),
  expected: z.number(),
  actual: z.number(),
  state: z.enum(['same', 'worse', 'better', 'not judged']),
  reason: z.string(),
})
export type CounterResult = z.infer<typeof counterSchema>
