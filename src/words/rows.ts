import Table from 'cli-table3'
import type { Paint } from './paint.ts'

/** One column of a table; a head may have several lines. */
export interface Column<Row> {
  readonly head: string
  readonly cell: (row: Row) => string
  /** @default 'left' of the first column, else 'right' */
  readonly align?: 'left' | 'right'
}

const borders = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
  ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
  ...{ left: '', 'left-mid': '', right: '', 'right-mid': '' },
  ...{ mid: '', 'mid-mid': '', middle: '  ' },
}

/** A table without borders: the first column to the left, others to the right, as figures are read. */
export function renderRows<Row>(rows: readonly Row[], columns: readonly Column<Row>[], paint: Paint): string {
  const dim = (line: string) => paint('dim', line)
  const table = new Table({
    head: columns.map(({ head }) => head.split('\n').map(dim).join('\n')),
    colAligns: columns.map(({ align }, index) => align ?? (index === 0 ? 'left' : 'right')),
    chars: borders,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })
  for (const row of rows) table.push(columns.map(({ cell }) => cell(row)))
  return table.toString().replaceAll(/ +$/gm, '')
}
