import type { WarmUpResult } from './warm-up.ts'

/**
 * How long an arm's blocks shall be: the shortest that the plan allows (noise is slow, so switching often is best), but
 * at least five of its median latencies and about a hundred iterations. Units: ms.
 */
export function chooseBlockLength(warm: WarmUpResult, shortestMs: number): number {
  const fiveLatenciesMs = (5 * warm.p50Us) / 1_000
  const hundredIterationsMs = warm.iterationsPerSecond > 0 ? 100_000 / warm.iterationsPerSecond : 0
  return Math.ceil(Math.max(shortestMs, fiveLatenciesMs, hundredIterationsMs))
}
