import { type Random, shuffle } from '../../src/plan/random.ts'
import type { Round } from '../../src/statistics/contrast.ts'

/** How the log of a block's value moves for reasons that have nothing to do with its arm. */
export interface Noise {
  readonly name: string
  /** Rise of the log from the first block to the last. */
  readonly drift: number
  /** Correlation of neighbouring blocks. */
  readonly correlation: number
  /** What each block adds: normal, or Student's t with three degrees of freedom (no finite fourth moment). */
  readonly tails: 'normal' | 'heavy'
  readonly scale: number
}

export const noises: readonly Noise[] = [
  { name: 'white noise', drift: 0, correlation: 0, tails: 'normal', scale: 0.05 },
  { name: '5 % drift, correlation .76', drift: 0.05, correlation: 0.76, tails: 'normal', scale: 0.05 },
  { name: '20 % drift, correlation .76, heavy tails', drift: 0.2, correlation: 0.76, tails: 'heavy', scale: 0.05 },
]

export const roughNoise = noises[2] as Noise

/** A standard normal draw (Box & Muller 1958). */
export function drawNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

function drawInnovation({ tails }: Noise, random: Random): number {
  const normal = drawNormal(random)
  if (tails === 'normal') return normal
  const chiSquared = drawNormal(random) ** 2 + drawNormal(random) ** 2 + drawNormal(random) ** 2
  return normal / Math.sqrt(chiSquared / 3)
}

/** The noise of `count` blocks one after the other. */
export function simulateBlocks(noise: Noise, count: number, random: Random): number[] {
  const blocks: number[] = []
  let carried = drawInnovation(noise, random)
  for (let i = 0; i < count; i++) {
    carried = noise.correlation * carried + Math.sqrt(1 - noise.correlation ** 2) * drawInnovation(noise, random)
    blocks.push(noise.scale * carried + (noise.drift * i) / count)
  }
  return blocks
}

/** A simulated run: arm 0 is the baseline, the others are contenders. */
export interface SimulatedRun {
  /** The log of what each arm adds, the baseline's included. */
  readonly effects: readonly number[]
  readonly noise: Noise
  readonly rounds: number
  readonly random: Random
  /** Spread of the speed that each process has of its own; every generation draws it anew for each arm. */
  readonly processSpread?: number
  readonly roundsPerGeneration?: number
  /** How much of the noise the speed control sees, and how precisely. */
  readonly control?: { readonly share: number; readonly error: number }
}

/** The rounds of each contender against the baseline: a random order of the arms, then the same reversed. */
export function simulateRun(run: SimulatedRun): Round[][] {
  const { effects, noise, rounds, random, processSpread = 0, roundsPerGeneration = rounds } = run
  const arms = effects.map((_, arm) => arm)
  const blocks = simulateBlocks(noise, rounds * arms.length * 2, random)
  const controls = run.control && controlBlocks(blocks, run.control, random)
  const contrasts: Round[][] = effects.slice(1).map(() => [])
  let speeds: number[] = []
  for (let index = 0; index < rounds; index++) {
    if (index % roundsPerGeneration === 0) speeds = arms.map(() => processSpread * drawNormal(random))
    const order = shuffle(arms, random)
    const sequence = [...order, ...order.toReversed()]
    const start = index * sequence.length
    const pick = (from: readonly number[], arm: number, gain: number) =>
      sequence.flatMap((at, i) => (at === arm ? [Math.exp((from[start + i] as number) + gain)] : []))
    const valuesOf = (arm: number) => pick(blocks, arm, (effects[arm] as number) + (speeds[arm] as number))
    for (const [i, contrast] of contrasts.entries()) {
      contrast.push({
        generation: Math.floor(index / roundsPerGeneration),
        baseline: valuesOf(0),
        contender: valuesOf(i + 1),
        speedControl: controls && { baseline: pick(controls, 0, 0), contender: pick(controls, i + 1, 0) },
      })
    }
  }
  return contrasts
}

function controlBlocks(blocks: readonly number[], control: { share: number; error: number }, random: Random): number[] {
  return blocks.map((value) => control.share * value + control.error * drawNormal(random))
}
