// Whether `tune` can be trusted: its decisions on simulated targets, thousands of times, and the whole of it on targets whose
// limit is known (tune/known-targets.ts): size, bracket of the highest rate, limit, and every sentence that can be checked.
//
// npm run trust:tune -- [--simulated] [--real] [--only NAME,NAME] [--runs N] [--seed N] [--busy] [--long]
//   --simulated, --real  only the one or the other     --only   targets whose name has one of these in it
//   --runs N             real runs of each (default 1)  --busy   beside a process that keeps a core busy
//   --long               ten times as many simulated runs
//
// A real run takes up to a minute (random targets two), so one of each target takes 25 minutes, `--runs 3` 75, and with
// `--busy` as long again: 69 runs of each kind. The simulated part takes two minutes, with --long twenty. Of the real runs at
// most one in sixty may be wrong, and none of a target twice; exits with 1 otherwise.
import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { describeScenario } from '../../src/arm/describe-scenario.ts'
import { parseObjective } from '../../src/capacity/objective.ts'
import { makeRandom } from '../../src/plan/random.ts'
import { makeTuning } from '../../src/report/tuning/make-tuning.ts'
import { renderTuning } from '../../src/report/tuning/text.ts'
import { readEnvironment } from '../../src/target/environment.ts'
import { runTuning } from '../../src/tune/run-tuning.ts'
import { makeTuningPlan, type TuningPlan } from '../../src/tune/tuning-plan.ts'
import { bracketSimulated, capacityOf, gauss, isNoisy, simulatedQueues } from './simulated-rates.ts'
import { simulatedTargets, tuneSimulated } from './simulated-tuning.ts'
import { judgeTuning } from './tune/judge-tuning.ts'
import { type KnownTarget, knownTargets } from './tune/known-targets.ts'
import { simulateTuning } from './tune/simulate-tuning.ts'

const { values: flags } = parseArgs({
  options: {
    long: { type: 'boolean', default: false },
    simulated: { type: 'boolean', default: false },
    real: { type: 'boolean', default: false },
    busy: { type: 'boolean', default: false },
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
  for (const [where, { isBusy, ...weather }] of Object.entries(weathers)) {
    console.log(`tunings from beginning to end in virtual time, ${seeds} of each target, on ${where}`)
    let [wrong, all, sure, answered] = [0, 0, 0, 0]
    for (const target of knownTargets.filter(({ isRealOnly }) => !isRealOnly)) {
      for (let seed = 0; seed < seeds; seed++, all++) {
        const { tuning, text } = await simulateTuning(target, { seed: Number(flags.seed) + seed, ...weather })
        const cpuMs = 'path' in target.server ? undefined : target.server.cpuMs
        const circumstances = { isBusy, cpuPerSecond: cpuMs === undefined ? 0 : 1_000 / cpuMs, text }
        const problems = judgeTuning(target, tuning, circumstances)
        for (const problem of problems) console.log(`    ${target.name}, seed ${Number(flags.seed) + seed}: ${problem}`)
        if (problems.length > 0) wrong++
        if (tuning.answer.params !== null) answered++
        if (tuning.answer.state === 'recommended') sure++
      }
    }
    tell(wrong / all <= 1 - wantedShare, `${wrong} of ${all} wrong; ${sure} of ${answered} answers are sure`)
  }
}

async function proveReal(): Promise<void> {
  const names = flags.only?.split(',') ?? ['']
  const chosen = knownTargets.filter(({ name }) => names.some((part) => name.includes(part)))
  const beside = flags.busy ? ', beside a process that keeps a core busy' : ''
  console.log(`real, ${flags.runs} of each of ${chosen.length} targets${beside}`)
  const neighbour = flags.busy ? spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }) : undefined
  let wrong = 0
  let all = 0
  try {
    for (const target of chosen) {
      let own = 0
      for (let run = 0; run < Number(flags.runs); run++, all++)
        if (!(await isTrusted(target, Number(flags.seed) + run))) own++
      wrong += own
      tell(own < 2 && own < Number(flags.runs), `${target.name}: ${own} of ${flags.runs} wrong`)
    }
  } finally {
    neighbour?.kill('SIGKILL')
  }
  tell(wrong <= Math.max(1, Math.floor(all * allowedWrong)), `${wrong} of ${all} runs wrong`)
}

/** One run, and what of it is not true, line by line. */
async function isTrusted(target: KnownTarget, seed: number): Promise<boolean> {
  const server = 'path' in target.server ? undefined : await startServer(target)
  try {
    const plan = await planFor(target, seed, server?.origin)
    const startedAt = new Date().toISOString()
    const run = await runTuning(plan, { signal: new AbortController().signal })
    const tuning = makeTuning(run, { startedAt, environment: readEnvironment(process.cwd()) })
    const text = renderTuning(tuning, { width: 200, paint: (_, words) => words })
    const cpuPerSecond = (await server?.cpuPerSecond()) ?? 0
    const problems = judgeTuning(target, tuning, { isBusy: flags.busy, cpuPerSecond, text })
    const { answer, highestRate, limit, elapsedMs } = tuning
    const params = Object.entries(answer.params ?? {}).map(([name, value]) => `${name}=${value}`)
    const bracket = `${highestRate?.heldPerSecond?.toFixed(1)} to ${highestRate?.failedPerSecond?.toFixed(1)}`
    console.log(
      `    ${target.name}: ${params} ${answer.state}, ${bracket}, limit ${limit.what}, ${(elapsedMs / 1_000).toFixed(0)} s`,
    )
    for (const problem of problems) console.log(`      WRONG ${problem}`)
    return problems.length === 0
  } finally {
    server?.stop()
  }
}

async function planFor(target: KnownTarget, seed: number, origin: string | undefined): Promise<TuningPlan> {
  const { server, scenario, rttMs = 0, objective = 'errors<0.1%', largest = 64, budgetMs = 60_000 } = target
  const path = scenario === undefined ? '../../src/tune/tuning-scenario.ts' : `./scenarios/${scenario}.ts`
  const description = await describeScenario(new URL(path, import.meta.url).href)
  const kept = { pipelining: 1, concurrency: target.concurrency ?? 0, keepAliveTimeoutMs: 4_000, retries: 0 }
  const page = 'path' in server ? server.path : '/'
  return makeTuningPlan(description, {
    objective: parseObjective(objective),
    variations: new Map(
      scenario === undefined ? [['connections', { kind: 'range', smallest: 1, largest } as const]] : [],
    ),
    ...{ budgetMs, warmUpMs: 1_500, seed, concurrency: target.concurrency, ratePerSecond: target.ratePerSecond },
    ...(scenario === undefined && { rttsMs: [rttMs] }),
    externalOrigin: origin,
    fixedParams: scenario === undefined ? { ...kept, path: page, userAgent: 'sessionbench (+trust:tune)' } : {},
  })
}

async function startServer({ server }: KnownTarget) {
  const entry = fileURLToPath(new URL('./tune/known-server.ts', import.meta.url))
  const child = fork(entry, [JSON.stringify(server)], { execArgv: ['--disable-warning=ExperimentalWarning'] })
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  const cpuPerSecond = async () => {
    child.send('how fast')
    const [said] = (await once(child, 'message')) as [{ cpuPerSecond: number }]
    return said.cpuPerSecond
  }
  return { origin: `http://127.0.0.1:${port}`, cpuPerSecond, stop: () => child.disconnect() }
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
