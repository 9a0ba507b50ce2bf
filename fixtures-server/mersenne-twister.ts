const size = 624
const middle = 397

/**
 * The Mersenne Twister MT19937 (Matsumoto and Nishimura 1998), seeded and drawn from as CPython's `random` does, so
 * that a seed gives the same sequence here and in Python.
 */
export class MersenneTwister {
  readonly #state = new Uint32Array(size)
  #index = size

  /** @param seed as in `random.seed(seed)`: any integer, its sign is ignored. */
  constructor(seed: bigint | number) {
    this.#seedByArray(wordsOf(BigInt(seed)))
  }

  /** 32 random bits as an unsigned integer. */
  next32(): number {
    if (this.#index >= size) this.#refill()
    let y = this.#state[this.#index++] as number
    y ^= y >>> 11
    y ^= (y << 7) & 0x9d2c5680
    y ^= (y << 15) & 0xefc60000
    return (y ^ (y >>> 18)) >>> 0
  }

  /** Python's `random.random()`: uniform in [0, 1) with 53 bits. */
  next(): number {
    const high = this.next32() >>> 5
    const low = this.next32() >>> 6
    return (high * 67_108_864 + low) / 9_007_199_254_740_992
  }

  /** Python's `random.randrange(limit)` for limits below 2³¹: draws bits until they fit. */
  below(limit: number): number {
    const shift = Math.clz32(limit)
    let drawn = this.next32() >>> shift
    while (drawn >= limit) drawn = this.next32() >>> shift
    return drawn
  }

  /** `length` bytes, each Python's `random.randint(0, 255)`. */
  bytes(length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length)
    for (let i = 0; i < length; i++) bytes[i] = this.below(256)
    return bytes
  }

  #seedByNumber(seed: number): void {
    const state = this.#state
    state[0] = seed
    for (let i = 1; i < size; i++) {
      const previous = state[i - 1] as number
      state[i] = Math.imul(1_812_433_253, previous ^ (previous >>> 30)) + i
    }
  }

  #seedByArray(key: readonly number[]): void {
    const state = this.#state
    this.#seedByNumber(19_650_218)
    let i = 1
    const mix = (factor: number) => {
      const previous = state[i - 1] as number
      return (state[i] as number) ^ Math.imul(previous ^ (previous >>> 30), factor)
    }
    const step = () => {
      if (++i < size) return
      state[0] = state[size - 1] as number
      i = 1
    }
    for (let k = 0; k < Math.max(size, key.length); k++) {
      const j = k % key.length
      state[i] = mix(1_664_525) + (key[j] as number) + j
      step()
    }
    for (let k = 1; k < size; k++) {
      state[i] = mix(1_566_083_941) - i
      step()
    }
    state[0] = 0x8000_0000
  }

  #refill(): void {
    const state = this.#state
    for (let i = 0; i < size; i++) {
      const y = ((state[i] as number) & 0x8000_0000) | ((state[(i + 1) % size] as number) & 0x7fff_ffff)
      state[i] = (state[(i + middle) % size] as number) ^ (y >>> 1) ^ (y & 1 ? 0x9908_b0df : 0)
    }
    this.#index = 0
  }
}

// Python seeds with the absolute value as 32-bit words, lowest first.
function wordsOf(seed: bigint): number[] {
  const words: number[] = []
  for (let rest = seed < 0n ? -seed : seed; rest > 0n; rest >>= 32n) words.push(Number(rest & 0xffff_ffffn))
  return words.length > 0 ? words : [0]
}
