import { fork } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { JudgedRun } from './judged-run.ts'
import type { KnownTarget } from './known-targets.ts'
import { runRealTuning } from './run-real-tuning.ts'

export interface RealTunings {
  /** Of each target, in turns: whatever goes on for a while on the machine is spread over all of them. */
  readonly runs: number
  readonly firstSeed: number
  readonly place: 'quiet' | 'busy' | 'always busy'
  /** Of a run; targets that get more by default get as many times this. */
  readonly budgetMs?: number
  /** What it holds already is not run again. */
  readonly log?: string
  readonly signal: AbortSignal
}

/** Runs one after another; when the signal aborts, what has ended by then. Leaves nothing behind. */
export async function runRealTunings(
  targets: readonly KnownTarget[],
  { runs, firstSeed, place, budgetMs, log, signal }: RealTunings,
): Promise<JudgedRun[]> {
  const known = log === undefined ? [] : readLog(log)
  const neighbour = place === 'quiet' ? undefined : startNeighbour(place)
  const judged: JudgedRun[] = []
  try {
    for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
      for (const target of targets) {
        const isThis = (run: JudgedRun) => run.target === target.name && run.place === place && run.seed === seed
        const before = known.find(isThis)
        if (before !== undefined) {
          judged.push(before)
          continue
        }
        const run = await runRealTuning(target, { seed, place, signal, ...(budgetMs !== undefined && { budgetMs }) })
        if (signal.aborted) return judged
        judged.push(run)
        if (log !== undefined) appendFileSync(log, `${JSON.stringify(run)}\n`)
        console.log(renderLine(run))
      }
    }
    return judged
  } finally {
    neighbour?.kill('SIGKILL')
  }
}

/** A line that was cut off when the machine stopped is run again. */
function readLog(path: string): JudgedRun[] {
  if (!existsSync(path)) return []
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return line === '' ? [] : [JSON.parse(line) as JudgedRun]
      } catch {
        return []
      }
    })
}

function renderLine({ target, seed, verdict, answer = '', elapsedMs, untrue, missing }: JudgedRun): string {
  const notes = [...untrue, ...missing].map((words) => `\n      ${words}`).join('')
  return `    ${verdict}: ${target}, seed ${seed}: ${answer}, ${(elapsedMs / 1_000).toFixed(0)} s${notes}`
}

/** Ends with this process, however that ends. */
function startNeighbour(place: string) {
  const entry = fileURLToPath(new URL('./neighbour.ts', import.meta.url))
  return fork(entry, place === 'busy' ? ['4000', '6000'] : ['1000', '0'], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
}
