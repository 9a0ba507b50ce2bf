import { sumOf } from '../statistics/sum-of.ts'
import { type BlockCore, latencyOf, loadRequestsOf } from './block-core.ts'
import type { Seen, SeenShard } from './field.ts'
import { Histogram, type HistogramUnit } from './histogram.ts'

export function valuesOf<Value>(all: readonly { readonly value: Value }[]): Value[] {
  return all.map(({ value }) => value)
}

/** Of a count: how many all of them are. */
export function sum(all: readonly { readonly value?: number | undefined }[]): number {
  return sumOf(all, ({ value = 0 }) => value)
}

/** The same; undefined where none tells. */
export function sumTold(all: readonly { readonly value?: number | undefined }[]): number | undefined {
  return all.some(({ value }) => value !== undefined) ? sum(all) : undefined
}

/** Of a state: the highest that it had. */
export function highest(all: readonly { readonly value: number }[]): number {
  return Math.max(...all.map(({ value }) => value))
}

/** The same of those that tell; undefined where none does. */
export function highestTold(all: readonly { readonly value?: number | undefined }[]): number | undefined {
  const told = all.flatMap(({ value }) => value ?? [])
  return told.length === 0 ? undefined : Math.max(...told)
}

interface Timed {
  readonly value?: number | undefined
  readonly block: Pick<BlockCore, 'elapsedMs'>
}

/** Of a share: its mean over the time of the blocks that tell it; undefined where none does, and of no time. */
export function meanOverTime(all: readonly Timed[]): number | undefined {
  const told = all.filter(({ value }) => value !== undefined)
  const elapsedMs = sumOf(told, ({ block }) => block.elapsedMs)
  return elapsedMs === 0 ? undefined : sumOf(told, ({ value = 0, block }) => value * block.elapsedMs) / elapsedMs
}

/** Of times: from the first start of a shard to the last end of one. */
export function spanOf(shards: readonly Pick<SeenShard<unknown>, 'startedAtMs' | 'block'>[]): number {
  const startMs = Math.min(...shards.map(({ startedAtMs }) => startedAtMs))
  return Math.max(...shards.map(({ startedAtMs, block }) => startedAtMs + block.elapsedMs)) - startMs
}

/** The mean over all places for iterations; the whole time, where each shard's is that. */
export function meanOverPlaces(shards: readonly SeenShard<number>[]): number {
  if (shards.some(({ workers }) => workers === undefined)) return spanOf(shards)
  const places = sumOf(shards, ({ workers = 0 }) => workers)
  return sumOf(shards, ({ value, workers = 0 }) => value * workers) / places
}

/** Of blocks of one arm, which have one unit. */
export function unitOf(all: readonly Pick<Seen<unknown>, 'block'>[]): HistogramUnit | undefined {
  return all[0]?.block.histogramUnit
}

export function latenciesOf(all: readonly Pick<Seen<unknown>, 'block'>[]): string[] {
  return all.map(({ block }) => latencyOf(block))
}

/** Makes the merge that reads a percentile of latency of them all, which is no mean of theirs. */
export function percentile(percent: number): (all: readonly Pick<Seen<unknown>, 'block'>[]) => number {
  return (all) => Histogram.merge(latenciesOf(all), unitOf(all)).percentileUs(percent)
}

export function requestsOf(all: readonly Pick<Seen<unknown>, 'block'>[]): number {
  return sumOf(all, ({ block }) => loadRequestsOf(block))
}

/** So much, by the requests of the iterations; 0 where there were none. */
export function perRequest(all: readonly Pick<Seen<unknown>, 'block'>[], value: number): number {
  const requests = requestsOf(all)
  return requests === 0 ? 0 : value / requests
}
