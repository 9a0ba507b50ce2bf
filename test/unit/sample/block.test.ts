import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { armFigures, blockSchema, measuredFields, placedFields } from '../../../src/sample/block.ts'
import { type Field, figuresOf, type PlacedField } from '../../../src/sample/field.ts'
import { type MeasuredShard, mergeShardBlocks } from '../../../src/sample/merge-shards.ts'
import { summarizeArm } from '../../../src/sample/summarize-arm.ts'
import { arbitraryBlocks, arbitraryShards, measuredSchema } from './arbitrary-block.ts'

const measured: Readonly<Record<string, Field>> = measuredFields
const placed: Readonly<Record<string, PlacedField>> = placedFields

describe('the table of a block’s fields', () => {
  it.each(Object.entries(measured))('has a schema and both merges of %s', (_, { schema, shards, figures }) => {
    expect(schema).toBeInstanceOf(z.ZodType)
    expect(shards).toBeTypeOf('function')
    for (const figure of Object.values(figures)) {
      expect(figure.schema).toBeInstanceOf(z.ZodType)
      expect(figure.of).toBeTypeOf('function')
    }
  })

  it('is all that a block has', () => {
    expect(Object.keys(blockSchema.shape)).toEqual([...Object.keys(measured), ...Object.keys(placed)])
  })

  it('makes every figure of an arm, each in one field', () => {
    const made = Object.values({ ...measured, ...placed }).flatMap(({ figures }) => Object.keys(figures))
    const { load, vitals, parts } = armFigures
    expect([...made].sort()).toEqual(Object.keys({ ...load, ...vitals, ...parts }).sort())
    expect(new Set(made).size).toBe(made.length)
  })

  it('says of a figure which field it is of', () => {
    expect(figuresOf(measuredFields).cpuStealShare.from).toBe('cpuStealShare')
    expect(figuresOf(measuredFields).carriers.from).toBe('newCarriers')
  })
})

// Each decodes and encodes a few hundred histograms.
const runs = { numRuns: 30 }

describe('the processes that shared a block', () => {
  it('come to the same in any order', () => {
    fc.assert(
      fc.property(arbitraryShards(), fc.nat(), (all, turn) => {
        const at = turn % all.length
        const others = [...all.slice(at), ...all.slice(0, at)].toReversed()
        expect(plain(mergeShardBlocks(others))).toEqual(plain(mergeShardBlocks(all)))
      }),
      runs,
    )
  })

  // But for the speed control: a mean of two means is not the mean of all.
  it('come to the same in any grouping', () => {
    fc.assert(
      fc.property(arbitraryShards(2), fc.nat(), (all, cut) => {
        const at = 1 + (cut % (all.length - 1))
        const [some, others] = [all.slice(0, at), all.slice(at)]
        const grouped = mergeShardBlocks([mergeGroup(some), mergeGroup(others)])
        const together = mergeShardBlocks(all)
        const [one, other] = [grouped, together].map(({ speedControlMs: _, ...rest }) => plain(rest))
        expect(one).toEqual(other)
      }),
      runs,
    )
  })

  it('come to a block, and one of them alone to itself', () => {
    fc.assert(
      fc.property(arbitraryShards(), ([shard]) => {
        if (shard === undefined) throw new Error('there is one at least')
        const merged = mergeShardBlocks([shard])
        expect(measuredSchema.parse(merged)).toEqual(merged)
        const { p50Us, p90Us, p99Us } = merged
        expect(plain(merged)).toEqual(plain({ unconnected: 0, ...shard.block, p50Us, p90Us, p99Us }))
      }),
      runs,
    )
  })
})

describe('the blocks of an arm', () => {
  it('come to the same figures in any order', () => {
    fc.assert(
      fc.property(arbitraryBlocks(), (blocks) => {
        expect(plain(summarizeArm('a', blocks.toReversed()))).toEqual(plain(summarizeArm('a', blocks)))
      }),
      runs,
    )
  })

  it('come to what the schemas of the figures say', () => {
    const { load, vitals, parts } = armFigures
    fc.assert(
      fc.property(arbitraryBlocks(), (blocks) => {
        const summary: Readonly<Record<string, unknown>> = summarizeArm('a', blocks)
        for (const [name, { schema }] of Object.entries({ ...load, ...vitals, ...parts }))
          expect(schema.safeParse(summary[name])).toMatchObject({ success: true })
      }),
      runs,
    )
  })
})

/** As it would be read: what has no order in one order, numbers without what adding them in another order rounds differently. */
function plain(told: Readonly<Record<string, unknown>>): unknown {
  return JSON.parse(
    JSON.stringify(told, (name, value: unknown) => {
      if (typeof value === 'number') return Number(value.toPrecision(12))
      if (name === 'elsewhere' && Array.isArray(value)) return value.toSorted()
      if (name === 'failures' && Array.isArray(value)) return value.toSorted((a, b) => (a.code < b.code ? -1 : 1))
      return value
    }),
  )
}

/** Several processes as one, which has all their places. */
function mergeGroup(all: readonly MeasuredShard[]): MeasuredShard {
  return {
    block: mergeShardBlocks(all),
    startedAtMs: Math.min(...all.map(({ startedAtMs }) => startedAtMs)),
    workers: all.reduce((places, { workers = 0 }) => places + workers, 0),
  }
}
