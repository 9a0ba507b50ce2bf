import * as z from 'zod'

/** How often there was an answer with each status. */
export const statusesSchema = z
  .record(z.string().regex(/^[1-9][0-9]{2}$/), z.int().min(1))
  .optional()
  .describe('answers by status, for engines that see all of them: of all that came, failures too')
export type Statuses = z.infer<typeof statusesSchema>

/** All of them together; undefined where none is told. */
export function sumStatuses(all: readonly Statuses[]): Statuses {
  const told = all.filter((statuses) => statuses !== undefined)
  if (told.length === 0) return undefined
  const sums: Record<string, number> = {}
  for (const statuses of told) {
    for (const [status, count] of Object.entries(statuses)) sums[status] = (sums[status] ?? 0) + count
  }
  return sums
}
