/** A seeded source of uniform numbers in [0, 1). */
export type Random = () => number

/**
 * A small fast generator (sfc32, 128 bits of state; Chris Doty-Humphrey, PractRand) whose state is spread from a
 * 32-bit seed: the same seed gives the same sequence on every platform.
 */
export function makeRandom(seed: number): Random {
  let a = seed >>> 0
  let b = 0x9e3779b9
  let c = 0x243f6a88
  let counter = 1
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return sum >>> 0
  }
  // The first outputs still show the seed's bit pattern: mix it through the whole state before use.
  for (let i = 0; i < 16; i++) next()
  return () => next() / 2 ** 32
}

/** A copy of `items` in uniformly random order (Fisher-Yates). */
export function shuffle<T>(items: readonly T[], random: Random): T[] {
  const result = [...items]
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const swapped = result[i] as T
    result[i] = result[j] as T
    result[j] = swapped
  }
  return result
}
