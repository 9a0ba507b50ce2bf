/** In which order rows are given out, and what comes after the last. */
interface RowOrder {
  /**
   * `sequential`: as they stand; `random`: each pass over all rows in a random order of its own, from the run's seed.
   * @default 'sequential'
   */
  readonly order?: 'sequential' | 'random'
  /**
   * `repeat`: the rows begin again; `stop`: a block is one pass and ends with the last row, if its time has not ended
   * before. @default 'repeat'
   */
  readonly onEnd?: 'repeat' | 'stop'
}

/** A row of a CSV file: a text for each column that the header names. */
export type CsvRow = Readonly<Record<string, string>>

/**
 * Rows of a CSV file (RFC 4180) whose first line names the columns: in UTF-8, or UTF-16 with a byte order mark. Fields are
 * separated by commas, or by semicolons, tabs or bars (|) where the first line has those and no comma.
 */
export interface CsvFeed<Row> extends RowOrder {
  /** The file, relative to the scenario's. */
  readonly csv: string
  readonly json?: never
  /** What separates fields, one character. @default as the first line shows */
  readonly delimiter?: string
  /** Makes what iterations get of a row; what it throws is reported with the row's line. @default the row itself */
  readonly parse?: (row: CsvRow) => Row
}

/** The elements of a JSON file that holds one array. */
export interface JsonFeed<Row> extends RowOrder {
  /** The file, relative to the scenario's. */
  readonly json: string
  readonly csv?: never
  /** Makes what iterations get of an element; what it throws is reported with its place. */
  readonly parse: (element: unknown) => Row
}

/** Rows that are made when they are needed, as many as it takes. */
export interface GeneratedFeed<Row> {
  /** `random` is uniform in [0, 1) and seeded with the index: the same index gives the same row, in every arm. */
  readonly generate: (index: number, random: () => number) => Row
}

/** Where rows of data come from, one for each iteration or each virtual user. */
export type Feed<Row = unknown> = CsvFeed<Row> | JsonFeed<Row> | GeneratedFeed<Row>
