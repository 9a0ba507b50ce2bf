import type * as z from 'zod'
import type { BlockCore } from './block-core.ts'

/** One of the blocks that a field is merged over: what it has there, and what that is weighed by. */
export interface Seen<Value> {
  readonly value: Value
  readonly block: BlockCore
}

/** The same of one of several processes that shared a block. */
export interface SeenShard<Value> extends Seen<Value> {
  /** When its load began, ms, by a clock that all shards share. */
  readonly startedAtMs: number
  /** Places for iterations, when its `workMs` is their mean; undefined when it is the whole time. */
  readonly workers: number | undefined
}

/** Something that is said of an arm: its schema, and how it is made of the arm's blocks; left out where that gives undefined. */
export interface Figure<Value = unknown, Schema extends z.ZodType = z.ZodType> {
  readonly schema: Schema
  of(all: readonly Seen<Value>[]): z.output<Schema>
}

type FigureTable = Readonly<Record<string, Figure>>

/** A field that a block has once it is in its place, beside what its processes measured. */
export interface PlacedField<Schema extends z.ZodType = z.ZodType, Figures extends FigureTable = FigureTable> {
  readonly schema: Schema
  /** Named as an arm tells them; empty where rules look at it block by block. */
  readonly figures: Figures
}

/** A field that every process measures. */
export interface Field<Schema extends z.ZodType = z.ZodType, Figures extends FigureTable = FigureTable>
  extends PlacedField<Schema, Figures> {
  /** One block's value from those of the processes that shared its load; left out where that gives undefined. */
  shards(all: readonly SeenShard<z.output<Schema>>[]): z.output<Schema>
}

type FiguresBySchema<Value, Schemas extends Readonly<Record<string, z.ZodType>>> = {
  readonly [Name in keyof Schemas]: Figure<Value, Schemas[Name]>
}

/** Checks that a field's merges fit its schema, and keeps the types of both. */
export function field<Schema extends z.ZodType, Schemas extends Readonly<Record<string, z.ZodType>>>(
  schema: Schema,
  merges: {
    readonly shards: (all: readonly SeenShard<z.output<Schema>>[]) => z.output<Schema>
    readonly figures: FiguresBySchema<z.output<Schema>, Schemas>
  },
): Field<Schema, FiguresBySchema<z.output<Schema>, Schemas>> {
  return { schema, ...merges }
}

/** The same of a field that is told once of a block, however many processes shared it. */
export function placedField<Schema extends z.ZodType, Schemas extends Readonly<Record<string, z.ZodType>>>(
  schema: Schema,
  figures: FiguresBySchema<z.output<Schema>, Schemas>,
): PlacedField<Schema, FiguresBySchema<z.output<Schema>, Schemas>> {
  return { schema, figures }
}

type Schemas<Table extends Readonly<Record<string, { readonly schema: z.ZodType }>>> = {
  [Name in keyof Table]: Table[Name]['schema']
}

/** The schemas of fields, or of figures, by name: the shape of an object that has them. */
export function schemasOf<Table extends Readonly<Record<string, { readonly schema: z.ZodType }>>>(
  table: Table,
): Schemas<Table> {
  return Object.fromEntries(Object.entries(table).map(([name, { schema }]) => [name, schema])) as Schemas<Table>
}

type Union<Table> = Table[keyof Table]
type Both<Tables> = (Tables extends unknown ? (each: Tables) => void : never) extends (all: infer All) => void
  ? All
  : never

/** The figures of an arm that some fields make, by name; `from` is the field. */
type FiguresOf<Table extends Readonly<Record<string, PlacedField>>> = {
  [Name in keyof Both<Union<Table>['figures']>]: Both<Union<Table>['figures']>[Name] & { readonly from: string }
}

export function figuresOf<Table extends Readonly<Record<string, PlacedField>>>(table: Table): FiguresOf<Table> {
  const all = Object.entries(table).flatMap(([from, { figures }]) =>
    Object.entries(figures).map(([name, figure]) => [name, { ...figure, from }] as const),
  )
  const byName: unknown = Object.fromEntries(all)
  return byName as FiguresOf<Table>
}
