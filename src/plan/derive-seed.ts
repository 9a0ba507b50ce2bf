/** What is drawn at random, each from a sequence of its own. Numbers are part of every seed: give new ones, change none. */
const streams = {
  /** One comparison of a run: a target, or a version pair. */
  comparison: 1,
  /** The order of the blocks. */
  order: 2,
  /** Bootstrap and simulated looks. */
  resampling: 3,
  /** What goes wrong at the target. */
  faults: 4,
  /** The link's jitter. */
  link: 5,
  /** One block: its arrivals, pauses and starts come from this. */
  block: 6,
  /** A block that nobody reports. */
  'warm-up': 7,
  arrivals: 8,
  pauses: 9,
  /** Where in a pause each user is when a block begins. */
  starts: 10,
  rows: 11,
  /** Which iterations are kept as examples. */
  exemplars: 12,
} as const

/** What a seed is for. */
type SeedStream = keyof typeof streams

/** Where a block stands in its comparison: the same for the blocks of all arms that are set against each other. */
export interface BlockPlace {
  readonly generation: number
  readonly round: number
  /** Each round measures every arm twice: 0 is the first time, 1 the second. */
  readonly half: number
}

/**
 * The one way from a seed to another, so that nothing random depends on what was drawn before it. Places are what both
 * arms of a pair have in common (generation, round, half), never the arm, the process, the shard or a number of blocks
 * that depends on the clock: arms that are compared get the same draws (common random numbers; Glasserman and Yao 1992,
 * Management Science 38:884–908). Whole numbers from 0 to 2³²−1 in and out.
 *
 * @example const random = makeRandom(deriveSeed(seed, 'arrivals'))
 */
export function deriveSeed(seed: number, stream: SeedStream, ...place: readonly number[]): number {
  return hash([seed, streams[stream], ...place])
}

/** The seed of a measured block. */
export function blockSeed(seed: number, { generation, round, half }: BlockPlace): number {
  return deriveSeed(seed, 'block', generation, round, half)
}

/**
 * A uniform number in [0, 1) for a place: drawn by index, not by order of asking, so that the third pause of user five is
 * the same whoever was faster until then.
 */
export function drawAt(seed: number, ...place: readonly number[]): number {
  return hash([seed, ...place]) / 2 ** 32
}

/** MurmurHash3, 32 bits, over whole words (Austin Appleby, public domain). */
function hash(words: readonly number[]): number {
  let state = 0
  for (const word of words) {
    const scrambled = Math.imul(rotate(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593)
    state = (Math.imul(rotate(state ^ scrambled, 13), 5) + 0xe6546b64) | 0
  }
  return finish(state ^ (words.length * 4))
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}

function finish(word: number): number {
  let state = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35)
  return (state ^ (state >>> 16)) >>> 0
}
