// Runs session against session several times and prints the difference that each run finds: the noise floor of this
// machine, and how often a difference is claimed that is not there. Usage: npm run prove:a-a -- [runs] [shared|process]
import { fileURLToPath } from 'node:url'
import { run } from '../../src/index.ts'
import type { Isolation } from '../../src/scenario/scenario-parts.ts'

const runs = Number(process.argv[2] ?? 10)
const isolation = (process.argv[3] ?? 'shared') as Isolation
const budgetMs = isolation === 'shared' ? 20_000 : 60_000
const scenario = fileURLToPath(new URL('./scenarios/session-vs-session.ts', import.meta.url))

const effects: number[] = []
const verdicts: string[] = []
for (let index = 0; index < runs; index++) {
  const results = await run([scenario], { isolation, budgetMs, seed: 1_000 + index })
  const [comparison] = results.scenarios.flatMap(({ comparisons }) => comparisons)
  const primary = comparison?.contrasts[0]?.primary
  const { effectPercent = Number.NaN, interval, verdict = 'invalid', units } = primary ?? {}
  const [low, high] = [interval?.low, interval?.high].map((ratio) => (((ratio ?? Number.NaN) - 1) * 100).toFixed(2))
  effects.push(effectPercent)
  verdicts.push(verdict)
  const ledger = `${comparison?.ledger?.blocksAgreeing}/${comparison?.ledger?.blocksChecked}`
  console.log(
    `run ${index + 1}: p50 ${effectPercent.toFixed(2)} % (${low} to ${high}), ${units} units, ${verdict}, ledger ${ledger}`,
  )
}

const sizes = effects.map(Math.abs).toSorted((a, b) => a - b)
const median = sizes[Math.floor(sizes.length / 2)] ?? Number.NaN
const claimed = verdicts.filter((verdict) => verdict === 'faster' || verdict === 'slower').length
console.log(
  `size of the difference: median ${median.toFixed(2)} %, largest ${sizes.at(-1)?.toFixed(2)} %; claimed in ${claimed} of ${runs} runs`,
)
