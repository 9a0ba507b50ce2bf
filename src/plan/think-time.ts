import type { ThinkTime } from '../scenario/think-time.ts'

/** The pause, in ms, that belongs to a uniform number in [0, 1): the inverse of its distribution function. */
export function pauseMs(thinkTime: ThinkTime, uniform: number): number {
  if (typeof thinkTime === 'number') return thinkTime
  if ('meanMs' in thinkTime) return -Math.log(1 - uniform) * thinkTime.meanMs
  const { minMs, maxMs } = thinkTime
  return minMs + uniform * (maxMs - minMs)
}

/** The mean pause, in ms; 0 without think time. */
export function meanThinkMs(thinkTime: ThinkTime | undefined): number {
  if (thinkTime === undefined || typeof thinkTime === 'number') return thinkTime ?? 0
  return 'meanMs' in thinkTime ? thinkTime.meanMs : (thinkTime.minMs + thinkTime.maxMs) / 2
}

/** An exponential pause is at most this many times its mean: random numbers have 32 bits, and ln 2³² = 22.2. */
const longestExponential = 22.2

/** The longest pause that can be drawn, in ms. */
export function longestThinkMs(thinkTime: ThinkTime | undefined): number {
  if (thinkTime === undefined || typeof thinkTime === 'number') return thinkTime ?? 0
  return 'meanMs' in thinkTime ? longestExponential * thinkTime.meanMs : thinkTime.maxMs
}
