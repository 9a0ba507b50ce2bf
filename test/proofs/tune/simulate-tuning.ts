import { fileURLToPath } from 'node:url'
import { makeScenarioLoader } from '../../../src/scenario/load.ts'
import { readEnvironment } from '../../../src/target/environment.ts'
import { makeTuning } from '../../../src/tune/report/make-tuning.ts'
import type { Tuning } from '../../../src/tune/report/model.ts'
import { renderTuning } from '../../../src/tune/report/text.ts'
import { runTuning } from '../../../src/tune/run-tuning.ts'
import { parseObjective } from '../../../src/tune/search/objective.ts'
import { makePlannedTuning, type TuningEvent } from '../../../src/tune/tuning-event.ts'
import { makeTuningPlan, type TuningPlan } from '../../../src/tune/tuning-plan.ts'
import type { TuningRun } from '../../../src/tune/tuning-run.ts'
import type { KnownTarget } from './known-targets.ts'
import { openSimulatedPlace, type SimulatedPlace } from './simulated-place.ts'
import type { SimulatedServer } from './simulated-server.ts'
import { makeVirtualClock } from './virtual-clock.ts'

/** What a tuning came to, in every form. */
export interface SimulatedTuning {
  readonly events: readonly TuningEvent[]
  readonly run: TuningRun
  readonly tuning: Tuning
  readonly text: string
}

/** A tuning of a known target from beginning to end, in virtual time. The same seed gives the same. */
export async function simulateTuning(
  target: KnownTarget,
  { seed, signal = new AbortController().signal, isTold = false, ...place }: SimulationOptions,
): Promise<SimulatedTuning> {
  const clock = makeVirtualClock()
  const server = { ...simulatedServerOf(target), ...place.server }
  const simulated = openSimulatedPlace({ clock, seed, clientUs: target.isFastClient ? 70 : 300, ...place, server })
  const plan = await planFor(target, seed)
  const told: TuningEvent[] = []
  const onEvent = (event: TuningEvent) => void told.push(event)
  const run = await clock.drive(runTuning(plan, { signal, ...simulated, ...(isTold && { onEvent }) }))
  const environment = readEnvironment(fileURLToPath(new URL('../../..', import.meta.url)))
  const frame = { startedAt: '2026-01-01T00:00:00.000Z', environment }
  const tuning = makeTuning(run, frame)
  const events = [makePlannedTuning(plan, frame), ...told]
  return { run, tuning, events, text: renderTuning(tuning, { width: 200, paint: (_, words) => words }) }
}

export interface SimulationOptions extends Partial<Omit<SimulatedPlace, 'clock' | 'server'>> {
  readonly seed: number
  readonly signal?: AbortSignal
  /** Whether somebody hears the events; they are returned then. */
  readonly isTold?: boolean
  /** Beside what the target says of itself. */
  readonly server?: SimulatedServer
}

/** The bundled server's routes that known targets ask for. */
function simulatedServerOf({ server, rttMs = 0 }: KnownTarget): SimulatedServer {
  if (!('path' in server)) return { ...server, rttMs }
  const { pathname, searchParams } = new URL(server.path, 'http://host')
  if (pathname !== '/work') return { rttMs }
  const crosstalk = searchParams.get('crosstalk')
  return {
    ...{
      rttMs,
      workers: Number(searchParams.get('workers')),
      serviceMs: Number(searchParams.get('serviceUs')) / 1_000,
    },
    law: (searchParams.get('law') ?? 'fixed') as 'fixed',
    ...(crosstalk !== null && { crosstalk: Number(crosstalk) }),
  }
}

async function planFor(target: KnownTarget, seed: number): Promise<TuningPlan> {
  const {
    server,
    rttMs = 0,
    objective = 'errors<0.1%',
    largest = 64,
    budgetMs = 60_000,
    concurrency,
    ratePerSecond,
  } = target
  using loader = makeScenarioLoader()
  const { description } = await loader.load(new URL('../../../src/tune/tuning-scenario.ts', import.meta.url).href)
  const kept = { pipelining: 1, concurrency: concurrency ?? 0, keepAliveTimeoutMs: 4_000, retries: 0 }
  return makeTuningPlan(description, {
    objective: parseObjective(objective),
    variations: new Map([['connections', { kind: 'range', smallest: 1, largest }]]),
    ...{ budgetMs, warmUpMs: 1_500, seed, concurrency, arrivalRate: ratePerSecond, rttsMs: [rttMs] },
    externalOrigin: 'path' in server ? undefined : 'http://127.0.0.1:1',
    fixedParams: { ...kept, path: '/', userAgent: 'sessionbench' },
  })
}
