import type { Measured } from '../house.ts'

/** The figures as Markdown tables; `isListed` adds what was counted, each in its place. */
export function renderHouse(measured: Measured, { isListed }: { readonly isListed: boolean }): string {
  const { rooms, longestFiles, longestFunctions, spread } = measured
  const roomTable = table(
    ['room', 'files', 'lines', 'casts', 'longest file', 'longest function'],
    rooms.map((room) => [room.room, room.files, room.lines, room.casts, room.longestFile, room.longestFunction]),
  )
  const figures = table(
    ['figure', 'now'],
    [
      ['files, lines', `${measured.files}, ${measured.lines}`],
      [
        'rooms (loose files in src)',
        `${rooms.length - (measured.loose.length > 0 ? 1 : 0)} (${measured.loose.length})`,
      ],
      ['longest file', `${longestFiles[0]?.lines} (${longestFiles[0]?.path})`],
      [
        'longest function',
        `${longestFunctions[0]?.lines} (${longestFunctions[0]?.name}, ${longestFunctions[0]?.place})`,
      ],
      ...countsOf(measured).map(([name, items]) => [name, items.length] as const),
      ['casts (to a shape of ours)', `${measured.casts} (${measured.castsToShapes.length})`],
    ],
  )
  const spreadTable = table(
    ['question', 'files beyond what run reaches', 'of them its own', 'rooms', ''],
    spread.map(({ question, beyondRun, alone, rooms }) => [
      question,
      beyondRun.length,
      alone.length,
      rooms.length,
      rooms.join(', '),
    ]),
  )
  const parts = [figures, roomTable, spreadTable]
  return [...parts, ...(isListed ? [lists(measured)] : [])].join('\n\n')
}

function countsOf(measured: Measured): [string, readonly string[]][] {
  const knots = measured.knots.map(({ files, isTypeOnly }) => `${isTypeOnly ? '(by types) ' : ''}${files.join(', ')}`)
  return [
    ['exports that no other file takes', measured.exportsUnused],
    ['exports that only tests take', measured.exportsForTests],
    ['knots of imports (types included)', knots],
    ['types of one name in several files', measured.twins.sameName],
    ['types of one shape in several files', measured.twins.sameShape],
    ...Object.entries(measured.options).map(([name, files]): [string, readonly string[]] => [
      `files that mention ${name}`,
      files,
    ]),
  ]
}

function lists(measured: Measured): string {
  return [...countsOf(measured), ['casts to a shape of ours', measured.castsToShapes] as const]
    .map(([name, items]) => [`### ${name}: ${items.length}`, ...items.map((item) => `- ${item}`)].join('\n'))
    .join('\n\n')
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [head, ...rows].map((row) => row.map(String))
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)))
  const isNumber = (column: number) => rows.every((row) => typeof row[column] === 'number')
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => (isNumber(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))).join(' | ')} |`
  const rule = `|${widths.map((width, column) => (isNumber(column) ? `${'-'.repeat(width + 1)}:` : '-'.repeat(width + 2))).join('|')}|`
  return [line(cells[0] ?? []), rule, ...cells.slice(1).map(line)].join('\n')
}
