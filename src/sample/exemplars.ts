import * as z from 'zod'
import { sumOf } from '../statistics/sum-of.ts'

const us = z.number().describe('µs since the iteration was due; below 0 for what was there before')

/** One request of an exemplar, with every moment that was seen of it. */
const exemplarRequestSchema = z.strictObject({
  connection: z
    .int()
    .min(1)
    .optional()
    .describe('number of the connection within its process; absent when it was not seen'),
  isReused: z.boolean().optional().describe('an earlier request went over the connection'),
  status: z.int().optional(),
  askedUs: us.optional(),
  openedUs: us.optional().describe('the socket was made; this and the next three only for its first request'),
  resolvedUs: us.optional(),
  connectedUs: us.optional(),
  securedUs: us.optional(),
  sentUs: us.optional(),
  headUs: us.optional(),
  endedUs: us.optional(),
})
export type ExemplarRequest = z.infer<typeof exemplarRequestSchema>

/** One real iteration with all its moments. */
const exemplarSchema = z.strictObject({
  draw: z.number().min(0).max(1).describe('random; of many iterations those with the smallest draws are kept'),
  latencyUs: z.number().min(0),
  startedUs: us.describe('when it was started: 0 in a closed loop'),
  requests: z.array(exemplarRequestSchema).describe(`in the order they were seen, the first 8 at most`),
})
export type Exemplar = z.infer<typeof exemplarSchema>

/** What was kept of one octave of latency: 2^octave to 2^(octave + 1) µs. */
export const exemplarBandSchema = z.strictObject({
  octave: z.int().min(0),
  seen: z.int().min(1),
  kept: z.array(exemplarSchema),
})
export type ExemplarBand = z.infer<typeof exemplarBandSchema>

export const exemplarDefaults = Object.freeze({ perOctave: 3, requests: 8 })

export function octaveOf(latencyUs: number): number {
  return latencyUs <= 1 ? 0 : Math.floor(Math.log2(latencyUs))
}

/**
 * One list of bands as if one reservoir had seen all: every iteration draws a number once, and those with the smallest are
 * kept, so that each has the same chance however it was split over blocks.
 */
export function mergeExemplars(lists: readonly (readonly ExemplarBand[])[]): ExemplarBand[] {
  const byOctave = Map.groupBy(lists.flat(), ({ octave }) => octave)
  const merged = [...byOctave].map(([octave, bands]) => ({
    octave,
    seen: sumOf(bands, ({ seen }) => seen),
    kept: bands
      .flatMap(({ kept }) => kept)
      .toSorted((a, b) => a.draw - b.draw)
      .slice(0, exemplarDefaults.perOctave),
  }))
  return merged.toSorted((a, b) => a.octave - b.octave)
}
