import type { Clock } from '../probe/clock.ts'

const table = new Uint32Array(1 << 16)
const steps = 2_500_000

/**
 * Times a fixed piece of arithmetic and memory reads (about 5 ms on the machine it was chosen on): how fast the machine
 * is just now, for the statistics to take out what no arm is to blame for.
 */
export function timeSpeedControl(clock: Clock): number {
  const startMs = clock.nowMs()
  let state = 0x9e3779b9
  for (let step = 0; step < steps; step++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    const place = state & 0xffff
    table[place] = ((table[place] as number) + state) >>> 0
  }
  return clock.nowMs() - startMs
}
