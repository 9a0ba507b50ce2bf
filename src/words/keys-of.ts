/** The names in a table that is written out in full: of those there are no others. */
export function keysOf<const Table extends Readonly<Record<string, unknown>>>(
  table: Table,
): readonly (keyof Table & string)[] {
  return Object.keys(table) as (keyof Table & string)[]
}
