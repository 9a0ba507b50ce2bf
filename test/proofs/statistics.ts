import { parseArgs } from 'node:util'
import { claims } from './statistics-claims.ts'
import { tryClaim } from './try-claim.ts'

// Simulates what the statistics promise; exits with 1 when a promise breaks.
// node test/proofs/statistics.ts [--trials 4000] [--seed 1] [--only 'part of a group or name']
const { values } = parseArgs({
  options: {
    trials: { type: 'string', default: '4000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
  },
})
const percent = (share: number) => `${(share * 100).toFixed(1)} %`.padStart(8)
const chosen = [...claims.entries()].filter(([, { group, name }]) => `${group}: ${name}`.includes(values.only))

let group = ''
let broken = 0
for (const [index, claim] of chosen) {
  if (claim.group !== group) console.log(`\n${claim.group}`)
  group = claim.group
  const { trials, share, isKept } = tryClaim(claim, {
    trials: Number(values.trials),
    seed: Number(values.seed) + index,
  })
  if (!isKept) broken++
  const [low, high] = claim.allowed
  const allowed = `allowed ${percent(low)} –${percent(high)}, ${trials} trials`
  console.log(`  ${isKept ? 'ok    ' : 'BROKEN'} ${percent(share)}  ${claim.name}  (${allowed})`)
}
console.log(`\n${chosen.length - broken} of ${chosen.length} claims kept`)
process.exitCode = broken === 0 && chosen.length > 0 ? 0 : 1
