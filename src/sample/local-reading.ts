import * as z from 'zod'

/** What an iteration of an arm took, once in a run, over a link whose distance had been taken away. */
export const localReadingSchema = z.strictObject({
  arm: z.string(),
  // Median.
  p50Us: z.number(),
  // How late, at the median, the link had delivered what it carried at its distance just before.
  lateMs: z.number(),
})
export type LocalReading = z.infer<typeof localReadingSchema>
