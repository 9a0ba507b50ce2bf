import { makeRandom, type Random } from '../plan/random.ts'
import { makeThinkTime } from '../plan/think-time.ts'
import type { MeasuredBlock } from '../sample/block.ts'
import type { RunIteration } from '../scenario/define.ts'
import type { ResolvedClosedWorkload, ResolvedWorkload } from '../scenario/resolve-scenario.ts'
import { makeArrivals } from './arrivals.ts'
import type { Clock } from './clock.ts'
import { type LoopResult, runClosedLoop } from './closed-loop.ts'
import { type OpenLoopResult, runOpenLoop } from './open-loop.ts'
import { timeSpeedControl } from './speed-control.ts'
import { startVitals } from './vitals.ts'
import { differenceOf, noCarriers, type WireProbe } from './wire-probe.ts'

/** What is sent while warming up is not reported, and a connection that carried only that is not yet used. */
export type BlockPhase = 'warm-up' | 'measure'

export interface BlockOptions {
  /** Makes the iteration; what it sends belongs to the block, the time that it takes does not. */
  readonly open: () => Promise<OpenVariant>
  readonly workload: ResolvedWorkload
  readonly phase: BlockPhase
  readonly durationMs: number
  readonly clock: Clock
  readonly probe: WireProbe
  /** Of the block's random arrivals. */
  readonly seed: number
}

/** What runs iterations, and what has to be done when the block is over. */
export interface OpenVariant {
  readonly run: RunIteration
  readonly close: () => Promise<void>
}

/** Longest wait for connections that were started in the block and are not yet established. */
const settleLimitMs = 2_000

/** Measures one arm for a short time: load, drain, and the counts and vitals of exactly that time. */
export async function runBlock(options: BlockOptions): Promise<MeasuredBlock> {
  const { phase, clock, probe, open } = options
  const startedAt = new Date().toISOString()
  const speedBeforeMs = timeSpeedControl(clock)
  probe.startBlock()
  const wireBefore = probe.read()
  const variant = await open()
  const stopVitals = startVitals()
  const loop = await runLoop(options, variant.run)
  const vitals = stopVitals()
  await variant.close()
  await settle(options)
  const wire = differenceOf(probe.read(), wireBefore)
  const { elapsedMs, workMs, succeeded, failed, failures, service, failedService } = loop
  const latency = 'response' in loop ? loop.response : service
  return {
    startedAt,
    ...{ elapsedMs, workMs, succeeded, failed, failures: [...failures] },
    service: service.encode(),
    failedService: failedService.encode(),
    ...('response' in loop && { openLoop: encodeOpenLoop(loop) }),
    p50Us: latency.percentileUs(50),
    p90Us: latency.percentileUs(90),
    p99Us: latency.percentileUs(99),
    wire,
    newCarriers: phase === 'measure' ? probe.takeNewCarriers() : noCarriers(),
    ...vitals,
    speedControlMs: [speedBeforeMs, timeSpeedControl(clock)],
  }
}

function runLoop(
  { workload, durationMs, clock, seed }: BlockOptions,
  run: RunIteration,
): Promise<LoopResult | OpenLoopResult> {
  const { iterationTimeoutMs } = workload
  const random = makeRandom(seed)
  const common = { run, clock, durationMs, iterationTimeoutMs }
  switch (workload.model) {
    case 'closed':
      return runClosedLoop({ ...common, ...closedLoopOf(workload, durationMs, random) })
    case 'open': {
      const { arrivalRate, arrivals: process, maxInFlight } = workload
      const arrivals = makeArrivals({ ratePerSecond: arrivalRate, process, random })
      return runOpenLoop({ ...common, arrivals, maxInFlight })
    }
    default:
      return workload satisfies never
  }
}

function closedLoopOf(workload: ResolvedClosedWorkload, durationMs: number, random: Random) {
  const { concurrency, thinkTimeMs, iterations, maxDurationMs } = workload
  return {
    concurrency,
    durationMs: maxDurationMs ?? durationMs,
    ...(iterations !== undefined && { iterations }),
    ...(thinkTimeMs !== undefined && { thinkTime: makeThinkTime(thinkTimeMs, random), random }),
  }
}

function encodeOpenLoop({ intended, dropped, response, dispatchDelay }: OpenLoopResult) {
  return { intended, dropped, response: response.encode(), dispatchDelay: dispatchDelay.encode() }
}

/** A pool may have begun a connection that no request waited for; it belongs to this block, so let it finish. */
async function settle({ probe, clock }: BlockOptions): Promise<void> {
  for (let waitedMs = 0; probe.unsettled() > 0 && waitedMs < settleLimitMs; waitedMs += 2) await clock.sleep(2)
}
