import { UsageError } from '../bench-error.ts'
import type { SweepValue } from '../scenario/scenario-parts.ts'
import { at } from '../session/at.ts'
import { makeGeometricGrid } from './search/grid.ts'
import type { Sizes, Space } from './search/setting.ts'

/** Values for one parameter: every whole number of a range, or a list. */
export type Variation = Sizes | { readonly kind: 'list'; readonly values: readonly SweepValue[] }

const expected = "expected e.g. 'connections=1..64,pipelining=1..8' or 'connections=10,20,50'"
const largestValue = 100_000

/**
 * Reads `connections=1..64,pipelining=1,2,4`: parameters with a range of whole numbers or a list of values. A part without
 * `=` goes on with the list before it. @throws UsageError
 */
export function readVariations(text: string): ReadonlyMap<string, Variation> {
  const lists = new Map<string, string[]>()
  let current: string[] | undefined
  for (const part of text.split(',').map((piece) => piece.trim())) {
    const [, name, value = part] = /^([A-Za-z]\w*)\s*=\s*(.*)$/.exec(part) ?? []
    if (name !== undefined) {
      if (lists.has(name)) throw new UsageError(`--vary names '${name}' twice; ${expected}`)
      current = []
      lists.set(name, current)
    }
    if (current === undefined || value === '') throw new UsageError(`--vary: '${part}' is no parameter; ${expected}`)
    current.push(value)
  }
  return new Map([...lists].map(([name, values]) => [name, readValues(name, values)]))
}

function readValues(name: string, texts: readonly string[]): Variation {
  const [, from, to] = /^(\d+)\.\.(\d+)$/.exec(at(texts, 0)) ?? []
  if (texts.length > 1 || from === undefined || to === undefined) {
    if (texts.some((text) => text.includes('..')))
      throw new UsageError(`--vary ${name}: a range stands alone; ${expected}`)
    const values = texts.map(readValue)
    if (new Set(values).size < values.length) throw new UsageError(`--vary ${name}: expected values that differ`)
    return { kind: 'list', values }
  }
  const [smallest, largest] = [Number(from), Number(to)]
  if (smallest < 1 || largest < smallest || largest > largestValue) {
    throw new UsageError(
      `--vary ${name}=${texts[0]}: expected a range from the smaller to the larger, 1 to ${largestValue}`,
    )
  }
  return { kind: 'range', smallest, largest }
}

function readValue(text: string): SweepValue {
  if (text === 'true' || text === 'false') return text === 'true'
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
}

/**
 * The space that a sweep and the user's variations span. The size is `connections`, else the first parameter with several
 * whole numbers. @throws UsageError
 */
export function makeSpace(
  sweep: Readonly<Record<string, readonly SweepValue[]>>,
  variations: ReadonlyMap<string, Variation>,
): Space {
  const names = Object.keys(sweep)
  const values = new Map<string, Variation>(
    names.map((name) => [name, variations.get(name) ?? { kind: 'list', values: sweep[name] as readonly SweepValue[] }]),
  )
  const sizeName = names.includes('connections') ? 'connections' : [...values].find(([, value]) => isSize(value))?.[0]
  const sizes = sizeName === undefined ? undefined : values.get(sizeName)
  if (sizeName === undefined || sizes === undefined || !isCountable(sizes)) {
    throw new UsageError(
      "tune needs a parameter whose size is searched: a sweep with 'connections', or another with whole numbers",
    )
  }
  const others = [...values]
    .filter(([name]) => name !== sizeName)
    .map(([name, value]) => [name, listOf(value)] as const)
  return { sizeName, sizes, others: Object.fromEntries(others) }
}

function isSize(variation: Variation): boolean {
  return isCountable(variation) && (variation.kind === 'range' || variation.values.length > 1)
}

function isCountable(variation: Variation): variation is Sizes {
  return (
    variation.kind === 'range' ||
    variation.values.every((value) => typeof value === 'number' && Number.isInteger(value) && value > 0)
  )
}

/** Beside the size nothing is refined: of a range only the powers of two are tried. */
function listOf(variation: Variation): readonly SweepValue[] {
  return variation.kind === 'list' ? variation.values : makeGeometricGrid(variation.smallest, variation.largest)
}
