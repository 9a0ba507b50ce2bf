import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describeScenario } from '../../../src/arm/describe-scenario.ts'
import { makeLocalHost } from '../../../src/arm/local-host.ts'
import { readEnvironment } from '../../../src/target/environment.ts'
import { makeTuning } from '../../../src/tune/report/make-tuning.ts'
import type { Tuning } from '../../../src/tune/report/model.ts'
import { renderTuning } from '../../../src/tune/report/text.ts'
import { runTuning } from '../../../src/tune/run-tuning.ts'
import { parseObjective } from '../../../src/tune/search/objective.ts'
import { makeTuningPlan, type TuningPlan } from '../../../src/tune/tuning-plan.ts'
import { judgeTuning } from './judge-tuning.ts'
import type { JudgedRun } from './judged-run.ts'
import type { KnownTarget } from './known-targets.ts'

export interface RealTuning {
  readonly seed: number
  readonly place: string
  /** @default 60 s */
  readonly budgetMs?: number
  readonly signal: AbortSignal
}

const usualBudgetMs = 60_000
/** Beyond its budget, before it is taken for hung. */
const graceMs = 90_000

/** One tuning of a real server on this machine, and what of it is true. Whatever goes wrong is a wrong run. */
export async function runRealTuning(
  target: KnownTarget,
  { seed, place, budgetMs = usualBudgetMs, signal }: RealTuning,
): Promise<JudgedRun> {
  const startMs = performance.now()
  const common = { target: target.name, place, seed }
  const ownMs = budgetMs * ((target.budgetMs ?? usualBudgetMs) / usualBudgetMs)
  const limit = AbortSignal.timeout(ownMs + graceMs)
  const server = 'path' in target.server ? undefined : await startServer(target)
  try {
    const plan = await planFor(target, { seed, budgetMs: ownMs, origin: server?.origin })
    const startedAt = new Date().toISOString()
    const run = await runTuning(plan, { host: makeLocalHost(), signal: AbortSignal.any([signal, limit]) })
    const tuning = makeTuning(run, { startedAt, environment: readEnvironment(process.cwd()) })
    const text = renderTuning(tuning, { width: 200, paint: (_, words) => words })
    // Who interrupts this ends the server too, for a terminal tells all of a group.
    const cpuPerSecond = signal.aborted ? 0 : ((await server?.cpuPerSecond()) ?? 0)
    const judgement = judgeTuning(target, tuning, { isBusy: place !== 'quiet', cpuPerSecond, text })
    const { elapsedMs } = tuning
    if (limit.aborted) return failed({ ...common, elapsedMs }, 'it did not end')
    const told = judgement.verdict === 'right' ? {} : { text }
    return { ...common, elapsedMs, state: tuning.answer.state, answer: describeAnswer(tuning), ...judgement, ...told }
  } catch (error) {
    return failed({ ...common, elapsedMs: performance.now() - startMs }, `crashed: ${(error as Error).stack}`)
  } finally {
    server?.stop()
  }
}

function failed(common: Pick<JudgedRun, 'target' | 'place' | 'seed' | 'elapsedMs'>, words: string): JudgedRun {
  return { ...common, state: 'crashed', verdict: 'wrong', untrue: [words], missing: [] }
}

function describeAnswer({ answer, highestRate, limit }: Tuning): string {
  const params = Object.entries(answer.params ?? {}).map(([name, value]) => `${name}=${value}`)
  const bracket = `${highestRate?.heldPerSecond?.toFixed(1)} to ${highestRate?.failedPerSecond?.toFixed(1)}`
  return `${params} ${answer.state}, ${bracket}, limit ${limit.what}`
}

interface PlanRequest {
  readonly seed: number
  readonly budgetMs: number
  readonly origin: string | undefined
}

async function planFor(target: KnownTarget, { seed, budgetMs, origin }: PlanRequest): Promise<TuningPlan> {
  const { server, scenario, rttMs = 0, objective = 'errors<0.1%', largest = 64 } = target
  const path = scenario === undefined ? '../../../src/tune/tuning-scenario.ts' : `../scenarios/${scenario}.ts`
  const description = await describeScenario(new URL(path, import.meta.url).href, { host: makeLocalHost() })
  const kept = { pipelining: 1, concurrency: target.concurrency ?? 0, keepAliveTimeoutMs: 4_000, retries: 0 }
  const page = 'path' in server ? server.path : '/'
  return makeTuningPlan(description, {
    objective: parseObjective(objective),
    variations: new Map(
      scenario === undefined ? [['connections', { kind: 'range', smallest: 1, largest } as const]] : [],
    ),
    ...{ budgetMs, warmUpMs: 1_500, seed, concurrency: target.concurrency, arrivalRate: target.ratePerSecond },
    ...(scenario === undefined && { rttsMs: [rttMs] }),
    externalOrigin: origin,
    fixedParams: scenario === undefined ? { ...kept, path: page, userAgent: 'sessionbench (+trust:tune)' } : {},
  })
}

async function startServer({ server }: KnownTarget) {
  const entry = fileURLToPath(new URL('./known-server.ts', import.meta.url))
  const child = fork(entry, [JSON.stringify(server)], { execArgv: ['--disable-warning=ExperimentalWarning'] })
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  const cpuPerSecond = async () => {
    child.send('how fast')
    const [said] = (await once(child, 'message')) as [{ cpuPerSecond: number }]
    return said.cpuPerSecond
  }
  return { origin: `http://127.0.0.1:${port}`, cpuPerSecond, stop: () => child.connected && child.disconnect() }
}
