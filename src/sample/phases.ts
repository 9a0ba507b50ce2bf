import * as z from 'zod'
import { sumOf } from '../statistics/sum-of.ts'
import { exemplarBandSchema } from './exemplars.ts'
import { Histogram } from './histogram.ts'

/**
 * Where the time of an iteration goes, in the order it passes. `dispatch`: due but not started (open loop only). `wait`: asked
 * for, but on no open connection yet. `dns`, `connect`, `tlsFull`, `tlsResumed`: opening the connection. `firstByte`: from
 * sending to the response's head. `body`: from the head to the last byte. What is none of these is the client's own work, or a pause.
 */
export const phaseNames = ['dispatch', 'wait', 'dns', 'connect', 'tlsFull', 'tlsResumed', 'firstByte', 'body'] as const
export type PhaseName = (typeof phaseNames)[number]

const count = z.int().min(0)
const us = z.number().min(0)
const byPhase = z.partialRecord(z.enum(phaseNames), us)

/** The iterations whose latency lies in one band, summed: 2^(band/32) to 2^((band+1)/32) µs, so 2.2 % wide. */
const bandSchema = z.strictObject({
  band: count,
  iterations: count.min(1),
  untraced: count.describe('those of them of which no request and no connection was seen'),
  latencyUs: us.describe('sum over the iterations'),
  phasesUs: byPhase.describe('sums; phases that took no time are left out'),
})
export type PhaseBand = z.infer<typeof bandSchema>

export const blockPhasesSchema = z.strictObject({
  histograms: z
    .partialRecord(z.enum(phaseNames), z.string())
    .describe('per request (wait, firstByte, body) or per connection opened (the others): HdrHistogram V2, base64, µs'),
  bands: z.array(bandSchema).describe('successful iterations by latency'),
  exemplars: z.array(exemplarBandSchema),
})
export type BlockPhases = z.infer<typeof blockPhasesSchema>

/** The mean of each phase among the iterations around a percentile of latency; phases and other add up to the latency. */
export const breakdownSchema = z.strictObject({
  iterations: us.describe('how many there are, bands cut by the range counted in part'),
  untraced: us,
  latencyUs: us.describe('their mean latency'),
  phasesUs: byPhase,
  otherUs: us.describe('what belongs to no phase: the work of the client and of the scenario'),
})
export type Breakdown = z.infer<typeof breakdownSchema>

const bandsPerOctave = 32

/** The band that a latency belongs to. */
export function bandOf(latencyUs: number): number {
  return latencyUs <= 1 ? 0 : Math.floor(Math.log2(latencyUs) * bandsPerOctave)
}

/** One list of bands with the iterations of all, ascending. */
export function mergeBands(lists: readonly (readonly PhaseBand[])[]): PhaseBand[] {
  const merged = new Map<number, PhaseBand>()
  for (const band of lists.flat()) {
    const known = merged.get(band.band)
    merged.set(band.band, known === undefined ? band : addBands(known, band))
  }
  return [...merged.values()].toSorted((a, b) => a.band - b.band)
}

function addBands(a: PhaseBand, b: PhaseBand): PhaseBand {
  return {
    band: a.band,
    iterations: a.iterations + b.iterations,
    untraced: a.untraced + b.untraced,
    latencyUs: a.latencyUs + b.latencyUs,
    phasesUs: mapPhases((name) => (a.phasesUs[name] ?? 0) + (b.phasesUs[name] ?? 0)),
  }
}

/** One histogram per phase with the values of all; phases without any are left out. */
export function mergePhaseHistograms(blocks: readonly BlockPhases['histograms'][]): Map<PhaseName, Histogram> {
  const merged = new Map<PhaseName, Histogram>()
  for (const name of phaseNames) {
    const histogram = Histogram.merge(blocks.flatMap((block) => block[name] ?? []))
    if (histogram.count > 0) merged.set(name, histogram)
  }
  return merged
}

/**
 * What the iterations around a percentile spent their time on: those up to five percentiles to either side, fewer where
 * there are not as many above (p50: 45 to 55, p99: 98.5 to 99.5). Undefined without iterations.
 */
export function breakDown(bands: readonly PhaseBand[], percent: number): Breakdown | undefined {
  const total = sumOf(bands, ({ iterations }) => iterations)
  if (total === 0) return undefined
  const reach = Math.min(5, (100 - percent) / 2)
  const [from, to] = [((percent - reach) / 100) * total, ((percent + reach) / 100) * total]
  let before = 0
  const parts = bands.map((band) => {
    const [begin, end] = [Math.max(before, from), Math.min(before + band.iterations, to)]
    before += band.iterations
    return { band, share: Math.max(0, end - begin) / band.iterations }
  })
  return meanOf(parts)
}

function meanOf(parts: readonly { readonly band: PhaseBand; readonly share: number }[]): Breakdown {
  const sum = (value: (band: PhaseBand) => number) => sumOf(parts, ({ band, share }) => value(band) * share)
  const iterations = sum((band) => band.iterations)
  const latencyUs = sum((band) => band.latencyUs) / iterations
  const phasesUs = mapPhases((name) => sum((band) => band.phasesUs[name] ?? 0) / iterations)
  const attributedUs = sumOf(Object.values(phasesUs))
  const untraced = sum((band) => band.untraced)
  return { iterations, untraced, latencyUs, phasesUs, otherUs: Math.max(0, latencyUs - attributedUs) }
}

function mapPhases(value: (name: PhaseName) => number): Partial<Record<PhaseName, number>> {
  const entries = phaseNames.map((name) => [name, value(name)] as const)
  return Object.fromEntries(entries.filter(([, time]) => time > 0))
}
