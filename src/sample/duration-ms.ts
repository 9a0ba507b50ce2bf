import * as z from 'zod'

/** A year: no run comes near it, and no calendar ends before it. */
const mostMs = 366 * 24 * 3_600_000

const error = ({ input }: { readonly input?: unknown }) => `expected from 0 to ${mostMs} ms (a year), got ${input}`

/** How long something took or may take, in ms. */
export const durationMs = z.number().min(0, { error }).max(mostMs, { error })
