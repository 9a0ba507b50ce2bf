import type { Random } from '../../src/plan/random.ts'
import type { ContrastInput } from '../../src/statistics/compare.ts'
import { logContrast } from '../../src/statistics/contrast.ts'
import { alphaAt } from '../../src/statistics/looks.ts'
import { estimateSensitivity } from '../../src/statistics/sensitivity.ts'
import { adjustForSpeed } from '../../src/statistics/speed-control.ts'
import { testSteadiness } from '../../src/statistics/steadiness.ts'
import { testTrend } from '../../src/statistics/trend.ts'
import { compareContrasts } from '../unit/statistics/compare-contrasts.ts'
import {
  ALPHA,
  anyDifference,
  type Claim,
  COVERS,
  compare,
  differs,
  holds,
  LOG_EFFECT,
  metric,
  pair,
  plan,
  RARE,
} from './claim.ts'
import { roughNoise, simulateBlocks, simulateRun } from './simulated-runs.ts'

const processes = (unit: ContrastInput['unit'], effect: number) => (random: Random) =>
  compare(
    pair({ effect, noise: roughNoise, rounds: 64, random, processSpread: 0.03, roundsPerGeneration: 8 }),
    effect === 0 ? { unit, metric: anyDifference } : { unit },
  )

const units: Claim[] = [
  {
    group: 'processes with speeds of their own (3 %), 8 generations of 8 quads',
    name: 'equal arms told apart, unit quad (the wrong unit)',
    allowed: [0.2, 1],
    trial: (random) => differs(processes('quad', 0)(random)),
  },
  {
    group: 'processes with speeds of their own (3 %), 8 generations of 8 quads',
    name: 'equal arms told apart, unit generation',
    allowed: RARE,
    trial: (random) => differs(processes('generation', 0)(random)),
  },
  {
    group: 'processes with speeds of their own (3 %), 8 generations of 8 quads',
    name: 'interval holds the true effect, unit generation',
    allowed: COVERS,
    trial: (random) => holds(processes('generation', LOG_EFFECT)(random), LOG_EFFECT),
  },
]

const family = (effects: readonly number[], random: Random) =>
  compareContrasts(
    simulateRun({ effects, noise: roughNoise, rounds: 16, random }).map((rounds) => ({
      metric: anyDifference,
      rounds,
      unit: 'quad',
      alpha: ALPHA,
      overallAlpha: ALPHA,
    })),
  )

const families: Claim[] = [
  {
    group: 'three contenders under Holm, 16 rounds',
    name: 'any of three equal arms told apart',
    allowed: RARE,
    trial: (random) => family([0, 0, 0, 0], random).some(differs),
  },
  {
    group: 'three contenders under Holm, 16 rounds',
    name: 'one is 30 % off: any of the two equal ones told apart',
    allowed: RARE,
    trial: (random) =>
      family([0, Math.log(1.3), 0, 0], random)
        .slice(1)
        .some(differs),
  },
]

const controlled = { noise: roughNoise, rounds: 32, control: { share: 0.8, error: 0.02 } }

const speed: Claim[] = [
  {
    group: 'speed control, 32 quads',
    name: 'equal arms told apart',
    allowed: RARE,
    trial: (random) => differs(compare(pair({ ...controlled, effect: 0, random }), { metric: anyDifference })),
  },
  {
    group: 'speed control, 32 quads',
    name: 'interval holds the true effect',
    allowed: COVERS,
    trial: (random) => holds(compare(pair({ ...controlled, effect: LOG_EFFECT, random })), LOG_EFFECT),
  },
  {
    group: 'speed control, 32 quads',
    name: 'a control that sees the noise is used',
    allowed: [0.9, 1],
    trial: (random) => adjustForSpeed(pair({ ...controlled, effect: LOG_EFFECT, random })).used,
  },
  {
    group: 'speed control, 32 quads',
    name: 'a control that sees nothing is used',
    allowed: [0, 0.02],
    trial: (random) =>
      adjustForSpeed(pair({ ...controlled, control: { share: 0, error: 0.02 }, effect: 0, random })).used,
  },
]

const steadyNoise = { ...roughNoise, drift: 0 }

const steadiness: Claim[] = [
  ...[16, 32, 64, 128].map(
    (blocks): Claim => ({
      group: 'steady but correlated blocks are called unsteady (p < .01)',
      name: `${blocks} blocks, medians of batches`,
      allowed: [0, 0.03],
      trial: (random) => testSteadiness(simulateBlocks(steadyNoise, blocks, random).map(Math.exp)).state === 'unsteady',
    }),
  ),
  {
    group: 'steady but correlated blocks are called unsteady (p < .01)',
    name: '64 blocks, Mann-Kendall on single blocks (the wrong way)',
    allowed: [0.2, 1],
    trial: (random) => testTrend(simulateBlocks(steadyNoise, 64, random)).pValue < 0.01,
  },
]

/** Whether the change that an A/A run of 64 quads promises to catch in 32 is caught. */
function catchesPromise(random: Random): boolean {
  const differences = pair({ effect: 0, noise: roughNoise, rounds: 64, random }).map(logContrast)
  const promise = estimateSensitivity({
    differences,
    plan,
    units: 32,
    marginPercent: metric.marginPercent,
    power: 0.8,
    draws: 200,
    random,
  })
  const effect = Math.log1p((promise.smallestChangePercent ?? Number.NaN) / 100)
  const rounds = pair({ effect, noise: roughNoise, rounds: 32, random })
  return [8, 16, 32].some(
    (look) => compare(rounds.slice(0, look), { alpha: alphaAt(plan, look, 'look') }).verdict === 'slower',
  )
}

const promises: Claim[] = [
  {
    group: 'power',
    name: 'the smallest change that calibration promises to catch with power .8 is caught',
    allowed: [0.72, 0.88],
    costly: 4,
    trial: catchesPromise,
  },
]

/** Claims about units, families of contrasts, covariates, warm-up and power. */
export const designClaims: readonly Claim[] = [...units, ...families, ...speed, ...steadiness, ...promises]
