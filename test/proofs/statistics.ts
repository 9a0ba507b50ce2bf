import { parseArgs } from 'node:util'
import { claims } from './statistics-claims.ts'
import { tryClaim } from './try-claim.ts'

// Simulates what the statistics promise: `node test/proofs/statistics.ts [--trials 4000] [--seed 1]`; exit 1 when a promise breaks.
const { values } = parseArgs({
  options: { trials: { type: 'string', default: '4000' }, seed: { type: 'string', default: '1' } },
})
const percent = (share: number) => `${(share * 100).toFixed(1)} %`.padStart(8)

let group = ''
let broken = 0
for (const [index, claim] of claims.entries()) {
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
console.log(`\n${claims.length - broken} of ${claims.length} claims kept`)
process.exitCode = broken === 0 ? 0 : 1
