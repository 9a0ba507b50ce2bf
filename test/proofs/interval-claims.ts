import type { Random } from '../../src/plan/random.ts'
import { compareUnpaired } from '../../src/statistics/compare-unpaired.ts'
import type { Comparison } from '../../src/statistics/comparison.ts'
import type { Round } from '../../src/statistics/contrast.ts'
import { alphaAt, makeLookPlan } from '../../src/statistics/looks.ts'
import { rankSumTest } from '../../src/statistics/mann-whitney.ts'
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
import { noises, roughNoise, type SimulatedRun, simulateBlocks } from './simulated-runs.ts'

const coverage = noises.flatMap((noise) =>
  [8, 16, 32, 64].map(
    (rounds): Claim => ({
      group: 'interval of 95 % holds the true effect',
      name: `${rounds} quads, ${noise.name}`,
      allowed: COVERS,
      trial: (random) => holds(compare(pair({ effect: LOG_EFFECT, noise, rounds, random })), LOG_EFFECT),
    }),
  ),
)

const judgedAt = (rounds: readonly Round[], units: number, alpha: number) =>
  differs(compare(rounds.slice(0, units), { metric: anyDifference, alpha }))

const looks = noises.flatMap((noise): Claim[] => [
  {
    group: 'equal arms are told apart at any look',
    name: `looks at 8, 16, 32, 64, ${noise.name}`,
    allowed: RARE,
    trial: (random) => {
      const rounds = pair({ effect: 0, noise, rounds: 64, random })
      return plan.looks.some((units) => judgedAt(rounds, units, alphaAt(plan, units, 'look')))
    },
  },
  {
    group: 'equal arms are told apart at any look',
    name: `time ends after 6 to 64 quads, ${noise.name}`,
    allowed: RARE,
    trial: (random) => {
      const end = 6 + Math.floor(random() * 59)
      const rounds = pair({ effect: 0, noise, rounds: end, random })
      const taken = plan.looks.filter((units) => units <= end)
      const isSeenBefore = taken.some((units) => judgedAt(rounds, units, alphaAt(plan, units, 'look')))
      return isSeenBefore || judgedAt(rounds, end, alphaAt(plan, end, 'end'))
    },
  },
])

/** What a budget of a minute or two has time for. */
const longLooks = [128, 256].flatMap((mostQuads): Claim[] => {
  const longPlan = makeLookPlan({ unit: 'quad', plannedGenerations: 1, mostQuads })
  const seen = (rounds: readonly Round[]) =>
    longPlan.looks
      .filter((units) => units <= rounds.length)
      .some((units) => judgedAt(rounds, units, alphaAt(longPlan, units, 'look')))
  return [
    {
      group: 'equal arms are told apart at any look',
      name: `looks at ${longPlan.looks.join(', ')}, ${roughNoise.name}`,
      allowed: RARE,
      costly: mostQuads / 32,
      trial: (random) => seen(pair({ effect: 0, noise: roughNoise, rounds: mostQuads, random })),
    },
    {
      group: 'equal arms are told apart at any look',
      name: `time ends after 64 to ${mostQuads} quads of ${mostQuads} planned, ${roughNoise.name}`,
      allowed: RARE,
      costly: mostQuads / 32,
      trial: (random) => {
        const end = 64 + Math.floor(random() * (mostQuads - 63))
        const rounds = pair({ effect: 0, noise: roughNoise, rounds: end, random })
        return seen(rounds) || judgedAt(rounds, end, alphaAt(longPlan, end, 'end'))
      },
    },
  ]
})

const wrongWays: Claim[] = [
  {
    group: 'wrong ways tell equal arms apart',
    name: 'a look after every quad at the full alpha',
    allowed: [0.12, 1],
    costly: 8,
    trial: (random) => {
      const rounds = pair({ effect: 0, noise: roughNoise, rounds: 64, random })
      return rounds.some((_, i) => i >= 5 && judgedAt(rounds, i + 1, ALPHA))
    },
  },
  ...noises.map(
    (noise): Claim => ({
      group: 'wrong ways tell equal arms apart',
      name: `all of A, then all of B, 32 blocks each, ${noise.name}`,
      allowed: noise.correlation === 0 ? RARE : [0.3, 1],
      costly: 4,
      trial: (random) => {
        const blocks = simulateBlocks(noise, 64, random)
        return rankSumTest(blocks.slice(0, 32), blocks.slice(32)).pValue <= ALPHA
      },
    }),
  ),
]

/** Runs the looks as the command does: stops at the first clear verdict, else at the last look. */
function stopWhenClear(effect: number, noise: SimulatedRun['noise'], random: Random): Comparison {
  const rounds = pair({ effect, noise, rounds: 64, random })
  const comparisons = plan.looks.map((units) =>
    compare(rounds.slice(0, units), { alpha: alphaAt(plan, units, 'look') }),
  )
  return comparisons.find(({ verdict }) => verdict !== 'inconclusive') ?? (comparisons.at(-1) as Comparison)
}

const stopping = [0, 0.02, LOG_EFFECT].map(
  (effect): Claim => ({
    group: 'the interval shown after stopping at the first clear look holds the true effect',
    name: `true effect ${effect}`,
    allowed: [1 - ALPHA, 1],
    trial: (random) => holds(stopWhenClear(effect, roughNoise, random), effect),
  }),
)

/** After the number of further units that an inconclusive comparison of 16 names, is the next one clear? */
function isClearAfterMore(random: Random): boolean {
  const rounds = pair({ effect: 0.05, noise: { ...roughNoise, scale: 0.1 }, rounds: 512, random })
  const { verdict, moreUnits = 0 } = compare(rounds.slice(0, 16))
  if (verdict !== 'inconclusive' || moreUnits > 496) return isClearAfterMore(random)
  return compare(rounds.slice(0, 16 + moreUnits)).verdict !== 'inconclusive'
}

const forecasts: Claim[] = [
  {
    group: 'forecast of the units needed',
    name: 'an inconclusive comparison of 16 quads is clear after as many more as it names',
    allowed: [0.4, 1],
    costly: 8,
    trial: isClearAfterMore,
  },
]

const margin = Math.log1p(metric.marginPercent / 100)

const verdicts: Claim[] = [
  {
    group: 'verdicts at the margin, 64 quads',
    name: 'an effect of the margin is called `same`',
    allowed: [0, ALPHA / 2],
    trial: (random) => compare(pair({ effect: margin, noise: roughNoise, rounds: 64, random })).verdict === 'same',
  },
  {
    group: 'verdicts at the margin, 64 quads',
    name: 'equal arms are called `slower` or `faster`',
    allowed: RARE,
    trial: (random) => differs(compare(pair({ effect: 0, noise: roughNoise, rounds: 64, random }))),
  },
  {
    group: 'verdicts at the margin, 64 quads',
    name: 'equal arms get the warning that the difference drifts',
    allowed: [0, 0.012],
    trial: (random) => compare(pair({ effect: 0, noise: roughNoise, rounds: 64, random })).warnings.length > 0,
  },
]

const unpaired = (noise: SimulatedRun['noise'], allowed: Claim['allowed'], name: string): Claim => ({
  group: 'two runs that were not interleaved, 16 blocks each',
  name,
  allowed,
  trial: (random) => {
    const [baseline, contender] = [0, LOG_EFFECT].map((effect) =>
      simulateBlocks(noise, 16, random).map((log) => Math.exp(log + effect)),
    ) as [number[], number[]]
    return holds(compareUnpaired({ metric, unit: 'quad', baseline, contender, alpha: ALPHA }), LOG_EFFECT)
  },
})

const unpairedRuns = [
  unpaired(noises[0] as SimulatedRun['noise'], COVERS, 'interval holds the true effect, white noise'),
  unpaired(roughNoise, [0, 0.9], 'interval holds the true effect, correlated blocks (why it never gates)'),
]

/** Claims about intervals, looks and verdicts over quads. */
export const intervalClaims: readonly Claim[] = [
  ...coverage,
  ...looks,
  ...longLooks,
  ...wrongWays,
  ...stopping,
  ...verdicts,
  ...forecasts,
  ...unpairedRuns,
]
