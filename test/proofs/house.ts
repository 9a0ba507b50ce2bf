// How the house is built: rooms, files, functions, exports that nobody uses, import cycles, casts, types written twice,
// and over how many rooms an option or a question is spread. Figures to watch, not a gate.
// Usage: npm run house [-- --json | --list]

import { parseArgs } from 'node:util'
import { findCasts } from './house/find-casts.ts'
import { findKnots } from './house/find-knots.ts'
import { findSpread } from './house/find-spread.ts'
import { findTwins } from './house/find-twins.ts'
import { findUnused } from './house/find-unused.ts'
import { functionsOf, mentionsOf, openHouse } from './house/open-house.ts'
import { renderHouse } from './house/render-house.ts'

const { values } = parseArgs({ options: { json: { type: 'boolean' }, list: { type: 'boolean' } } })

const measured = measure()
if (values.json) console.log(JSON.stringify(measured, null, 2))
else console.log(renderHouse(measured, { isListed: values.list ?? false }))

export type Measured = ReturnType<typeof measure>

function measure() {
  using house = openHouse()
  const { own } = house
  const rooms = [...Map.groupBy(own, ({ room }) => room)]
  const casts = findCasts(house)
  const unused = findUnused(house)
  const longest = <T extends { lines: number }>(all: readonly T[]) => all.toSorted((a, b) => b.lines - a.lines)
  return {
    files: own.length,
    lines: sumOf(own),
    rooms: rooms
      .map(([room, files]) => ({
        room,
        files: files.length,
        lines: sumOf(files),
        casts: casts.perRoom.get(room) ?? 0,
        longestFile: Math.max(...files.map(({ lines }) => lines)),
        longestFunction: Math.max(0, ...files.flatMap(functionsOf).map(({ lines }) => lines)),
      }))
      .toSorted((a, b) => b.lines - a.lines),
    loose: own.filter(({ room }) => room === 'src').map(({ path }) => path),
    longestFiles: longest(own.map(({ path, lines }) => ({ path, lines }))).slice(0, 5),
    longestFunctions: longest(own.flatMap(functionsOf)).slice(0, 5),
    exportsUnused: unused.byNobody,
    exportsForTests: unused.byTestsOnly,
    knots: findKnots(house),
    casts: [...casts.perRoom.values()].reduce((a, b) => a + b, 0),
    castsToShapes: casts.toShapes,
    twins: findTwins(house),
    options: Object.fromEntries(mentionsOf(house, ['maxInFlight', 'arrivalRate', 'iterationTimeoutMs', 'leadInMs'])),
    spread: findSpread(house),
  }
}

function sumOf(files: readonly { readonly lines: number }[]): number {
  return files.reduce((sum, { lines }) => sum + lines, 0)
}
