import { spawn } from 'node:child_process'
import { run } from '../../../src/index.ts'
import { scenarioPath, type TrustPart, tell } from './trust-options.ts'

/** A session against itself, again and again, alone and with a neighbour that keeps one core busy. */
export const proveFalseAlarms: TrustPart = async ({ isLong, runs = isLong ? 200 : 10, seed }) => {
  const alone = await countVerdicts('alone', runs, seed)
  const neighbour = spawn('taskset', ['-c', '0', process.execPath, '-e', 'for (;;);'], { stdio: 'ignore' })
  const isMissing = await new Promise<boolean>((resolve) => {
    neighbour.once('error', () => resolve(true))
    neighbour.once('spawn', () => resolve(false))
  })
  if (isMissing) return tell(false, 'a busy neighbour: taskset (util-linux) is not installed')
  try {
    const beside = await countVerdicts('beside a process that keeps core 0 busy', runs, seed + runs)
    return alone && beside
  } finally {
    neighbour.kill('SIGKILL')
  }
}

async function countVerdicts(where: string, runs: number, seed: number): Promise<boolean> {
  const counts = new Map<string, number>()
  for (let index = 0; index < runs; index++) {
    const results = await run([scenarioPath('session-vs-session')], {
      ...{ isolation: 'shared', budgetMs: 12_000, warmUpMs: 500, blockMs: 50, seed: seed + index },
    })
    const primary = results.scenarios[0]?.comparisons[0]?.contrasts[0]?.primary
    const verdict = primary?.verdict ?? 'invalid'
    counts.set(verdict, (counts.get(verdict) ?? 0) + 1)
    console.log(`  run ${index + 1}: p50 ${primary?.effectPercent?.toFixed(2)} %, ${primary?.units} quads, ${verdict}`)
  }
  const [slower = 0, invalid = 0] = [counts.get('slower'), counts.get('invalid')]
  const all = [...counts].map(([verdict, count]) => `${verdict} ${count}`).join(', ')
  // One in a few runs may be chance: only a hundred runs can show 1 %.
  const allowed = runs >= 100 ? Math.floor(runs / 100) : 1
  return tell(
    slower <= allowed && invalid < runs,
    `${where}: ${all} of ${runs} A/A runs; at most ${allowed} \`slower\``,
  )
}
