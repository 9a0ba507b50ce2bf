import fc from 'fast-check'
import { expect } from 'vitest'
import * as z from 'zod'
import { type Block, type MeasuredBlock, measuredFields } from '../../../src/sample/block.ts'
import { type Field, schemasOf } from '../../../src/sample/field.ts'
import { Histogram } from '../../../src/sample/histogram.ts'
import type { MeasuredShard } from '../../../src/sample/merge-shards.ts'
import { wireCountNames } from '../../../src/sample/wire-counts.ts'

const measured: Readonly<Record<string, Field>> = measuredFields
export const measuredSchema = z.strictObject(schemasOf(measuredFields))

/** What a process measured: whole numbers, of which sums are exact; a field of one number is drawn as its schema says. */
export function arbitraryShards(minLength = 1): fc.Arbitrary<MeasuredShard[]> {
  return fc
    .tuple(fc.boolean(), fc.array(arbitraryShard(), { minLength, maxLength: 5 }))
    .map(([isOpen, all]) => (isOpen ? all : all.map((shard) => ({ ...shard, block: closed(shard.block) }))))
}

/** All of an arm's blocks, and all processes of one, are of one loop. */
function closed<Loop extends { readonly openLoop?: unknown }>({ openLoop: _, ...rest }: Loop): Omit<Loop, 'openLoop'> {
  return rest
}

function arbitraryShard(): fc.Arbitrary<MeasuredShard> {
  return fc.record({ block: arbitraryMeasured(), startedAtMs: fc.nat(1_000), workers: fc.integer({ min: 1, max: 8 }) })
}

export function arbitraryBlocks(): fc.Arbitrary<Block[]> {
  const served = fc.record({ cpuUserUs: fc.nat(1_000), cpuSystemUs: fc.nat(1_000), eventLoopUtilization: share() })
  const server = fc.option(served, { nil: undefined })
  return fc.tuple(arbitraryShards(), server).map(([all, served]) =>
    all.map(({ block }, round) => ({
      ...block,
      ...{ arm: 'a', generation: 0, round, position: 0 },
      ...(served && { server: served }),
    })),
  )
}

function arbitraryMeasured(): fc.Arbitrary<MeasuredBlock> {
  const drawn = Object.fromEntries(
    Object.entries(measured).map(([name, { schema }]) => [name, special[name] ?? numberOf(schema)]),
  )
  return fc.record(drawn).map((fields) => measuredSchema.parse(told(fields)))
}

function numberOf(schema: z.ZodType): fc.Arbitrary<unknown> {
  const { type, minimum = 0, maximum = 1_000 } = z.toJSONSchema(schema)
  expect(['number', 'integer']).toContain(type)
  const drawn = maximum === 1 ? share() : fc.integer({ min: minimum, max: Math.min(maximum, 1_000) })
  return schema.safeParse(undefined).success ? optional(drawn) : drawn
}

/** An eighth, so that means are exact. */
function share(): fc.Arbitrary<number> {
  return fc.nat(8).map((eighths) => eighths / 8)
}

function optional<Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> {
  return fc.option(value, { nil: undefined })
}

function encoded(minLength = 0): fc.Arbitrary<string> {
  return fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength, maxLength: 4 }).map((values) => {
    const histogram = new Histogram()
    for (const us of values) histogram.record(us)
    const text = histogram.encode()
    histogram.release()
    return text
  })
}

/** Without what is undefined. */
function told(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

const special: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  startedAt: fc.date({ min: new Date(0), max: new Date(1e12), noInvalidDate: true }).map((date) => date.toISOString()),
  // Of no time there is no rate.
  workMs: fc.integer({ min: 1, max: 1_000 }),
  // Blocks of one arm have one unit: µs, which is not told.
  histogramUnit: fc.constant(undefined),
  service: encoded(),
  failedService: encoded(),
  // One message for each kind: which one is told first is a matter of order.
  failures: fc
    .uniqueArray(fc.record({ code: fc.constantFrom('reset', 'timeout'), count: fc.integer({ min: 1, max: 9 }) }), {
      selector: ({ code }) => code,
      maxLength: 1,
    })
    .map((all) => all.map((failure) => ({ ...failure, message: failure.code }))),
  statuses: optional(fc.dictionary(fc.constantFrom('200', '404', '503'), fc.integer({ min: 1, max: 99 }))),
  steps: optional(
    fc
      .record({ succeeded: fc.nat(9), failed: fc.nat(9), service: encoded() })
      .map((step) => [{ name: 'get', ...step }]),
  ),
  openLoop: fc.record({
    ...{ intended: fc.nat(99), dropped: fc.nat(9), scheduleMs: fc.nat(999) },
    ...{ response: encoded(), dispatchDelay: encoded() },
  }),
  stages: optional(
    fc.array(
      fc.record({
        ...{ workMs: fc.nat(999), intended: fc.nat(99), dropped: fc.nat(9), succeeded: fc.nat(99), failed: fc.nat(9) },
        ...{ response: encoded(), service: encoded(), dispatchDelay: encoded() },
      }),
      { minLength: 2, maxLength: 2 },
    ),
  ),
  phases: optional(
    fc
      .record({
        band: fc.nat(9),
        iterations: fc.integer({ min: 1, max: 9 }),
        wait: fc.nat(9),
        draw: share(),
        us: encoded(1),
      })
      .map(({ band, iterations, wait, draw, us }) => ({
        histograms: { wait: us },
        bands: [{ band, iterations, untraced: 0, latencyUs: 10 * iterations, phasesUs: wait === 0 ? {} : { wait } }],
        exemplars: [{ octave: 3, seen: iterations, kept: [{ draw, latencyUs: 10, startedUs: 0, requests: [] }] }],
      })),
  ),
  wire: fc.record(Object.fromEntries(wireCountNames.map((name) => [name, fc.nat(99)]))),
  newCarriers: fc.record({
    ...{ connections: fc.nat(9), handshakesFull: fc.nat(9), handshakesResumed: fc.nat(9) },
  }),
  elsewhere: optional(fc.constantFrom(['a:1'], ['b:2'])),
  speedControlMs: fc.tuple(fc.nat(9), fc.nat(9)),
}
