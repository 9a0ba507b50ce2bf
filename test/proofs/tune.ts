// Whether `tune` can be trusted: its decisions on simulated targets, thousands of times, and the whole of it on targets whose
// limit is known (tune/known-targets.ts): size, bracket of the highest rate, limit, and every sentence that can be checked.
//
// npm run trust:tune -- [--simulated] [--real] [--only NAME,NAME] [--runs N] [--seed N] [--busy [--always]] [--budget S]
//                       [--log FILE] [--long]
//   --simulated, --real  only the one or the other     --only   targets whose name has one of these in it
//   --runs N             real runs of each (default 1)  --seed N  of the first run; the next has the next
//   --busy               beside a process that keeps a core busy in turns of some seconds; --always: all the time
//   --budget S           of each run, seconds (default 60; targets that vary by chance get half as much again, or three times)
//   --log FILE           a line of JSON for each run as it ends; runs that it has already are not run again
//   --long               ten times as many simulated runs
//
// A real run takes as long as it needs, 45 s on average and at most its budget: one of each of the 23 targets takes 17
// minutes, `--runs 3` 52, and with `--busy` 20 and 60. The simulated part takes five minutes. A run is right, wrong (anything
// it says is not true), or no answer (something that was asked for is not told, and that is said). At most one in sixty real
// runs may be wrong, none of a target twice, and nineteen of twenty have to be right; exits with 1 otherwise, also when
// interrupted: everything that was started is stopped, and the same command with --log goes on.
import { parseArgs } from 'node:util'
import { makeRandom } from '../../src/plan/random.ts'
import { bracketSimulated, capacityOf, gauss, isNoisy, simulatedQueues } from './simulated-rates.ts'
import { simulatedTargets, tuneSimulated } from './simulated-tuning.ts'
import { judgeTuning } from './tune/judge-tuning.ts'
import { countVerdicts, type JudgedRun, renderRuns } from './tune/judged-run.ts'
import { knownTargets } from './tune/known-targets.ts'
import { runRealTunings } from './tune/run-real-tunings.ts'
import { simulateTuning } from './tune/simulate-tuning.ts'

const { values: flags } = parseArgs({
  options: {
    long: { type: 'boolean', default: false },
    simulated: { type: 'boolean', default: false },
    real: { type: 'boolean', default: false },
    busy: { type: 'boolean', default: false },
    always: { type: 'boolean', default: false },
    budget: { type: 'string' },
    log: { type: 'string' },
    only: { type: 'string' },
    runs: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
  },
})
const simulations = flags.long ? 2_000 : 200
const allowedLoss = 0.03 + 1e-9
const wantedShare = 0.95
const allowedTime = 0.25
const allowedWrong = 1 / 60
let isKept = true

/** As a quiet machine is late, and as one with a neighbour is: timers, and a client that does nothing for a while. */
const weathers = {
  'a quiet machine': { isBusy: false, server: { lateMs: 0.3 }, stalls: { perSecond: 2, ms: 5 } },
  'one that is busy in turns': {
    isBusy: true,
    server: { lateMs: 0.6 },
    stalls: { perSecond: 40, ms: 4, onMs: 4_000, offMs: 6_000 },
  },
  'a busy one': { isBusy: true, server: { lateMs: 0.6 }, stalls: { perSecond: 8, ms: 4 } },
}

if (!flags.real) {
  proveSizes()
  proveRates()
  await proveWhole()
}
if (!flags.simulated) await proveReal()
process.exitCode = isKept ? 0 : 1

function tell(kept: boolean, claim: string): void {
  isKept &&= kept
  console.log(`  ${kept ? 'kept  ' : 'BROKEN'} ${claim}`)
}

function proveSizes(): void {
  console.log(
    `sizes, simulated, ${simulations} runs each: at most 3 % loss and the objective met; time by exhaustive search`,
  )
  for (const target of simulatedTargets) {
    const random = makeRandom(Number(flags.seed))
    const runs = Array.from({ length: simulations }, () => tuneSimulated(target, random))
    const good = runs.filter(({ loss, isAllowed }) => isAllowed && loss <= allowedLoss).length / simulations
    const clear = runs.filter(({ isClear }) => isClear).length / simulations
    const time = Math.max(...runs.map(({ timeShare }) => timeShare))
    const claim = `${target.name}: ${percent(good)} good, ${percent(clear)} clear, at most ${percent(time)} of the time`
    tell(good >= wantedShare && time <= allowedTime, claim)
  }
}

function proveRates(): void {
  console.log(`rates, simulated, ${simulations} runs each of 25 s: the capacity is between held and failed`)
  for (const queue of simulatedQueues) {
    const random = makeRandom(Number(flags.seed))
    const capacity = capacityOf(queue)
    const off = isNoisy(queue) ? 0.02 : 0.005
    const runs = Array.from({ length: simulations }, () => {
      const perSecond = capacity * (1 + off * gauss(random))
      const guess = { perSecond, low: perSecond * (1 - 2 * off), high: perSecond * (1 + 2 * off) }
      return bracketSimulated(queue, { guess, margin: 0.022, budgetSeconds: 25 }, random)
    })
    const isRight = ({ held = 0, failed = Number.POSITIVE_INFINITY }) => held <= capacity && failed >= capacity
    const right = runs.filter(isRight).length / simulations
    const widths = runs
      .map(({ held = 0, failed = Number.POSITIVE_INFINITY }) => failed / held - 1)
      .sort((a, b) => a - b)
    const width = widths[Math.floor(simulations / 2)] ?? Number.NaN
    tell(right >= wantedShare, `${queue.name}: ${percent(right)} right, half of them within ${percent(width)}`)
  }
}

async function proveWhole(): Promise<void> {
  const seeds = flags.long ? 30 : 3
  const names = flags.only?.split(',') ?? ['']
  const targets = knownTargets.filter(
    ({ isRealOnly, name }) => !isRealOnly && names.some((part) => name.includes(part)),
  )
  for (const [place, { isBusy, ...weather }] of Object.entries(weathers)) {
    console.log(`tunings from beginning to end in virtual time, ${seeds} of each target, on ${place}`)
    const runs: JudgedRun[] = []
    for (const target of targets) {
      for (let run = 0; run < seeds; run++) {
        const seed = Number(flags.seed) + run
        const { tuning, text } = await simulateTuning(target, { seed, ...weather })
        const cpuMs = 'path' in target.server ? undefined : target.server.cpuMs
        const circumstances = { isBusy, cpuPerSecond: cpuMs === undefined ? 0 : 1_000 / cpuMs, text }
        const { answer, elapsedMs } = tuning
        const judgement = judgeTuning(target, tuning, circumstances)
        runs.push({ ...{ target: target.name, place, seed, elapsedMs, state: answer.state }, ...judgement })
      }
    }
    console.log(renderRuns(runs))
    const wrong = countVerdicts(runs, 'wrong')
    tell(wrong / runs.length <= 1 - wantedShare, `${wrong} of ${runs.length} wrong`)
  }
}

async function proveReal(): Promise<void> {
  const names = flags.only?.split(',') ?? ['']
  const targets = knownTargets.filter(({ name }) => names.some((part) => name.includes(part)))
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
  const place = flags.busy ? (flags.always ? 'always busy' : 'busy') : 'quiet'
  console.log(`real, ${flags.runs} of each of ${targets.length} targets, ${place}`)
  const runs = await runRealTunings(targets, {
    ...{ runs: Number(flags.runs), firstSeed: Number(flags.seed), place, signal: stop.signal },
    ...(flags.log !== undefined && { log: flags.log }),
    ...(flags.budget !== undefined && { budgetMs: Number(flags.budget) * 1_000 }),
  })
  console.log(renderRuns(runs))
  if (stop.signal.aborted) {
    tell(
      false,
      `interrupted after ${runs.length} runs; ${flags.log ? 'the same command goes on' : '--log would keep them'}`,
    )
    return
  }
  const [right, wrong] = [countVerdicts(runs, 'right'), countVerdicts(runs, 'wrong')]
  const twice = targets.filter(
    ({ name }) =>
      countVerdicts(
        runs.filter((run) => run.target === name),
        'wrong',
      ) > 1,
  )
  tell(wrong <= Math.max(1, Math.floor(runs.length * allowedWrong)), `${wrong} of ${runs.length} runs wrong`)
  tell(right >= wantedShare * runs.length, `${right} of ${runs.length} right, the others say what they do not know`)
  tell(twice.length === 0, `wrong twice: ${twice.map(({ name }) => name).join('; ') || 'none'}`)
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
