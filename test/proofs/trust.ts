// What this harness promises, shown on this machine; exits with 1 when a promise breaks.
// npm run trust -- [--long] [--only false-alarms|power|tail|counters|statistics] [--runs N] [--seed N]
// The short form takes about ten minutes, the long one several hours; --only and --seed continue one that was ended.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { proveCounters } from './trust/counters.ts'
import { proveFalseAlarms } from './trust/false-alarms.ts'
import { provePower, proveTail } from './trust/power.ts'
import type { TrustPart } from './trust/trust-options.ts'

const { values } = parseArgs({
  options: {
    long: { type: 'boolean', default: false },
    only: { type: 'string' },
    runs: { type: 'string' },
    seed: { type: 'string', default: '1000' },
  },
})

const proveStatistics: TrustPart = async ({ isLong }) => {
  const entry = fileURLToPath(new URL('./statistics.ts', import.meta.url))
  const child = spawn(process.execPath, [entry, '--trials', isLong ? '4000' : '400'], { stdio: 'inherit' })
  const [code] = (await once(child, 'exit')) as [number | null]
  return code === 0
}

const parts: Readonly<Record<string, TrustPart>> = {
  counters: proveCounters,
  'false-alarms': proveFalseAlarms,
  power: provePower,
  tail: proveTail,
  statistics: proveStatistics,
}
const chosen = values.only === undefined ? Object.keys(parts) : [values.only]
const runs = values.runs === undefined ? undefined : Number(values.runs)
if (chosen.some((name) => !(name in parts)) || (runs !== undefined && !(Number.isInteger(runs) && runs > 0))) {
  console.error(`expected --only ${Object.keys(parts).join('|')}, --runs with a whole number`)
  process.exit(2)
}

const broken: string[] = []
for (const name of chosen) {
  console.log(`${name} (${values.long ? 'long' : 'short'} form)`)
  const isKept = await (parts[name] as TrustPart)({ isLong: values.long, runs, seed: Number(values.seed) })
  if (!isKept) broken.push(name)
}
console.log(broken.length === 0 ? 'every promise kept' : `broken: ${broken.join(', ')}`)
process.exitCode = broken.length === 0 ? 0 : 1
