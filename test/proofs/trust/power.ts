import { run } from '../../../src/index.ts'
import { makeContrastRounds } from '../../../src/judge/contrast-rounds.ts'
import { metrics } from '../../../src/judge/metrics.ts'
import { contendersOf } from '../../../src/plan/contrasts.ts'
import { makeRandom } from '../../../src/plan/random.ts'
import { makeLookPlan } from '../../../src/statistics/looks.ts'
import { simulateRuns } from '../../../src/statistics/sensitivity.ts'
import { adjustForSpeed } from '../../../src/statistics/speed-control.ts'
import { makeUnits } from '../../../src/statistics/units.ts'
import { powerAt } from '../../unit/statistics/power-at.ts'
import { recordAlike } from './record-alike.ts'
import { scenarioPath, type TrustPart, tell } from './trust-options.ts'

const budgetMs = 60_000

/** A client that got slower by a known share, within a minute; then what recorded noise says of other budgets. */
export const provePower: TrustPart = async ({ isLong, runs = isLong ? 100 : 2, seed }) => {
  const kept = [
    await proveCaught(10, 0.99, runs, seed),
    await proveCaught(5, 0.95, runs, seed + runs),
    // No claim is made of a change that is as small as the margin.
    await proveCaught(3, 0, isLong ? runs : 1, seed + 2 * runs),
    await simulatePower(isLong, seed),
  ]
  return kept.every(Boolean)
}

async function measureSlowed(env: Record<string, string>, seed: number) {
  Object.assign(process.env, env)
  const startMs = performance.now()
  try {
    const results = await run([scenarioPath('slowed')], { budgetMs, seed })
    const contrast = results.scenarios[0]?.comparisons[0]?.contrasts[0]
    return { contrast, seconds: (performance.now() - startMs) / 1_000 }
  } finally {
    for (const name of Object.keys(env)) delete process.env[name]
  }
}

async function proveCaught(addedPercent: number, wanted: number, runs: number, seed: number): Promise<boolean> {
  let caught = 0
  for (let index = 0; index < runs; index++) {
    const { contrast, seconds } = await measureSlowed({ TRUST_ADDED_PERCENT: String(addedPercent) }, seed + index)
    const { verdict, effectPercent, units } = contrast?.primary ?? {}
    if (verdict === 'slower') caught++
    console.log(
      `  +${addedPercent} %: found ${effectPercent?.toFixed(2)} %, ${verdict} after ${units} quads, ${seconds.toFixed(0)} s`,
    )
  }
  const claim = wanted === 0 ? 'no claim' : `at least ${wanted * 100} %`
  return tell(
    caught / runs >= wanted,
    `+${addedPercent} % is called slower in ${caught} of ${runs} runs of 60 s (${claim})`,
  )
}

/** A tail that got longer, and nothing else. */
export const proveTail: TrustPart = async ({ isLong, runs = isLong ? 50 : 2, seed }) => {
  let flagged = 0
  for (let index = 0; index < runs; index++) {
    const { contrast } = await measureSlowed({ TRUST_TAIL_MS: '20' }, seed + index)
    const [p50, p99] = ['latency.p50', 'latency.p99'].map((name) =>
      contrast?.metrics.find(({ metric }) => metric.name === name),
    )
    if (p50?.verdict === 'same' && p99?.verdict === 'slower') flagged++
    console.log(
      `  tail: p50 ${p50?.effectPercent?.toFixed(2)} % ${p50?.verdict}, p99 × ${p99?.ratio?.toFixed(1)} ${p99?.verdict}`,
    )
  }
  return tell(flagged === runs, `+20 ms on 1.5 %: p99 slower and p50 same in ${flagged} of ${runs} runs`)
}

async function simulatePower(isLong: boolean, seed: number): Promise<boolean> {
  const draws = isLong ? 4_000 : 1_000
  const recorded = await recordAlike('slowed', 'session', { budgetMs: isLong ? 120_000 : budgetMs, seed })
  const { plan, blocks, elapsedMs } = recorded
  const metric = metrics['latency.p50']
  if (metric.kind !== 'block') throw new Error('p50 has a value in every block')
  const rounds = makeContrastRounds(blocks, plan, contendersOf(plan)[0] as string, metric.valueIn)
  const differences = makeUnits(adjustForSpeed(rounds).rounds, 'quad')
  if (differences.length < 8) return tell(false, `recorded noise: only ${differences.length} quads`)
  console.log(
    `  simulated from ${differences.length} recorded quads of p50, ${draws} draws (256 quads: a tenth); share called slower`,
  )
  console.log('  quads  about s      0 %      3 %      5 %     10 %')
  const falseAlarms = [16, 32, 64, 128, 256].map((units) => {
    const look = makeLookPlan({ unit: 'quad', plannedGenerations: 1, mostQuads: Math.max(64, units) })
    const simulated = simulateRuns({
      ...{ differences, units, plan: look, marginPercent: metric.marginPercent, random: makeRandom(seed) },
      draws: units > 128 ? draws / 10 : draws,
    })
    const powers = [0, 3, 5, 10].map((change) => powerAt(simulated, change))
    const seconds = (elapsedMs / 1_000 / differences.length) * units
    const shares = powers.map((power) => `${(power * 100).toFixed(1)} %`.padStart(9)).join('')
    console.log(`  ${String(units).padStart(5)} ${seconds.toFixed(0).padStart(8)}${shares}`)
    return powers[0] as number
  })
  // `slower` is one side of two; what draws add by chance is allowed for by three standard errors.
  const allowed = 0.025 + 3 * Math.sqrt((0.025 * 0.975) / (draws / 10))
  const worst = Math.max(...falseAlarms)
  const claim = `at most 2.5 %, with the chance of the draws ${(allowed * 100).toFixed(1)} %`
  return tell(worst <= allowed, `simulated A/A runs are called slower in ${(worst * 100).toFixed(1)} % (${claim})`)
}
