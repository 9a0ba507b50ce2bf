import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { ComparisonResult } from '../../../src/document/model.ts'
import { run } from '../../../src/index.ts'
import { judgeCounters } from '../../../src/judge/judge-counters.ts'
import { scenarioPath, type TrustPart, tell } from './trust-options.ts'

/** Fewer give no range to judge what varies by. */
const rounds = 8

/** Connections and handshakes that a change loses, and none that were not lost. */
export const proveCounters: TrustPart = async ({ isLong, runs = isLong ? 20 : 2, seed }) => {
  // Of 64 rounds and eight tables that is 1,536 blocks of arms against themselves.
  const entry = fileURLToPath(new URL('../counters.ts', import.meta.url))
  const child = spawn(process.execPath, [entry, isLong ? '64' : '16'], { stdio: 'inherit' })
  const [code] = (await once(child, 'exit')) as [number | null]
  const kept = [tell(code === 0, 'recorded A/A blocks raise no alarm, and the faults that they are given are caught')]
  for (const name of ['lost-connections', 'lost-resumption']) {
    const found = await measureLosses(name, runs, seed)
    for (const [variant, caught] of found)
      kept.push(tell(caught === runs, `${variant}: caught in ${caught} of ${runs} runs`))
  }
  return kept.every(Boolean)
}

async function measureLosses(name: string, runs: number, seed: number): Promise<Map<string, number>> {
  const caught = new Map<string, number>()
  for (let index = 0; index < runs; index++) {
    const options = { blockMs: 20, warmUpMs: 500, maxRounds: rounds, budgetMs: 240_000, seed: seed + index }
    const results = await run([scenarioPath(name)], options)
    const comparison = results.scenarios[0]?.comparisons[0]
    if (comparison === undefined || comparison.rounds < rounds)
      throw new Error(`${name}: ${comparison?.rounds} of ${rounds} rounds; ${comparison?.reasons.join('; ')}`)
    const { baselineArm } = comparison
    for (const { id } of comparison.arms.filter((arm) => arm.id !== baselineArm)) {
      const isSeen = isWorse(comparison, baselineArm, id)
      caught.set(id, (caught.get(id) ?? 0) + (isSeen ? 1 : 0))
    }
  }
  return caught
}

/** One arm's counters against another's, as if that were what it had been before. */
function isWorse({ blocks, workload, target }: ComparisonResult, earlier: string, later: string): boolean {
  const of = (arm: string) => blocks.filter((block) => block.arm === arm)
  return judgeCounters({ before: of(earlier), after: of(later), workload, target }).some(
    ({ state }) => state === 'worse',
  )
}
