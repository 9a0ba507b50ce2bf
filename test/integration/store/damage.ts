import { makeRandom, type Random } from '../../../src/plan/random.ts'

/** A place in a document: the names and indices that lead to it. */
type Path = readonly (string | number)[]

const integers = [-1, 0, 1, 7, 1e6, 2 ** 31, 2 ** 53]
const fractions = [0.5, -0.5, 1e-9, 1e308, Number.MIN_VALUE]
const texts = ['', ' ', '0', 'a', 'b', 'AAAA', '1e9', 'http://[', '\u0000', '__proto__', '2026-13-01T00:00:00Z']

/** A document with something wrong in it: what a bad disk, a merge conflict, an editor or another program may make of it. */
export function damage(document: unknown, seed: number): unknown {
  const random = makeRandom(seed)
  let damaged = structuredClone(document)
  // One fault is the most telling; two may hide what one would show.
  for (let faults = random() < 0.8 ? 1 : 1 + pick([1, 2, 4], random); faults > 0; faults--)
    damaged = damageOnce(damaged, random)
  return damaged
}

function damageOnce(document: unknown, random: Random): unknown {
  const path = choosePath(document, random)
  const [last] = path.slice(-1)
  const parent = path.slice(0, -1).reduce<unknown>((place, key) => (place as Record<string, unknown>)[key], document)
  if (last === undefined || typeof parent !== 'object' || parent === null) return pick([null, 1, 'x', [], {}], random)
  const holder = parent as Record<string | number, unknown>
  const old = holder[last]
  const dice = random()
  if (dice < 0.15) remove(holder, last)
  else if (dice < 0.25 && Array.isArray(holder)) holder.splice(Number(last), 0, structuredClone(old))
  else if (dice < 0.35) holder[last] = valueAt(document, choosePath(document, random))
  else if (dice < 0.4) holder.surplus = 1
  else holder[last] = distort(old, random)
  return document
}

function remove(holder: Record<string | number, unknown>, key: string | number): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1)
  else delete holder[key]
}

/** A value that is nearly what was there. */
function distort(old: unknown, random: Random): unknown {
  if (typeof old === 'number') {
    if (random() < 0.1) return pick([null, String(old), [old]], random)
    return pick([...integers, ...fractions, -old, old + 1, old * 1e6, Math.round(old)], random)
  }
  if (typeof old === 'string') {
    const at = Math.floor(random() * old.length)
    const changed = old.slice(0, at) + pick([...'aZ0/+=-_é '], random) + old.slice(at + 1)
    if (random() < 0.1) return pick([null, 1, {}], random)
    return pick([changed, changed, changed, old.slice(0, at), old + old, ...texts], random)
  }
  if (typeof old === 'boolean') return pick([!old, null, 'true'], random)
  if (Array.isArray(old)) return pick([[], old.slice(1), old.toReversed(), [...old, ...old], null, {}], random)
  return pick([null, {}, [], 'x', 0], random)
}

/**
 * Every place alike would nearly always be in one of the many blocks, every step alike nearly never below the top: so what holds
 * more is gone into more often, by the root of how much it holds.
 */
function choosePath(document: unknown, random: Random): Path {
  const path: (string | number)[] = []
  let place = document
  while (typeof place === 'object' && place !== null) {
    const keys = Array.isArray(place) ? [...place.keys()] : Object.keys(place)
    if (keys.length === 0 || (path.length > 0 && random() < 0.06)) break
    const holder = place as Record<string | number, unknown>
    const weights = keys.map((key) => Math.sqrt(sizeOf(holder[key])))
    const sums = weights.map((_, index) => weights.slice(0, index + 1).reduce((sum, weight) => sum + weight))
    const dice = random() * (sums.at(-1) as number)
    const key = keys[sums.findIndex((sum) => dice < sum)] as string | number
    path.push(key)
    place = holder[key]
  }
  return path
}

function sizeOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce<number>((sum, part) => sum + sizeOf(part), 1)
}

function valueAt(document: unknown, path: Path): unknown {
  return structuredClone(
    path.reduce<unknown>((place, key) => (place as Record<string | number, unknown>)[key], document),
  )
}

function pick<Item>(items: readonly Item[], random: Random): Item {
  return items[Math.floor(random() * items.length)] as Item
}
