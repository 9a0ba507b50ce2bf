import { setTimeout as sleep } from 'node:timers/promises'
import type { MeasuredBlock } from '../sample/block.ts'
import type { RunIteration } from '../scenario/define.ts'
import type { ResolvedWorkload } from '../scenario/resolve-scenario.ts'
import type { Clock } from './clock.ts'
import { runClosedLoop } from './closed-loop.ts'
import { timeSpeedControl } from './speed-control.ts'
import { startVitals } from './vitals.ts'
import { differenceOf, type WireProbe } from './wire-probe.ts'

/** What is sent while warming up is not reported, and a connection that carried only that is not yet used. */
export type BlockPhase = 'warm-up' | 'measure'

export interface BlockOptions {
  readonly run: RunIteration
  readonly workload: ResolvedWorkload
  readonly phase: BlockPhase
  readonly durationMs: number
  readonly clock: Clock
  readonly probe: WireProbe
}

/** Longest wait for connections that were started in the block and are not yet established. */
const settleLimitMs = 2_000

/** Measures one arm for a short time: load, drain, and the counts and vitals of exactly that time. */
export async function runBlock(options: BlockOptions): Promise<MeasuredBlock> {
  const { run, workload, phase, durationMs, clock, probe } = options
  const startedAt = new Date().toISOString()
  const speedBeforeMs = timeSpeedControl(clock)
  probe.startBlock()
  const wireBefore = probe.read()
  const stopVitals = startVitals()
  const loop = await runClosedLoop({
    run,
    concurrency: workload.concurrency,
    iterationTimeoutMs: workload.iterationTimeoutMs,
    durationMs,
    clock,
  })
  const vitals = stopVitals()
  await settle(probe)
  const wire = differenceOf(probe.read(), wireBefore)
  const { service, failedService, ...counts } = loop
  return {
    startedAt,
    ...counts,
    failures: [...counts.failures],
    concurrency: workload.concurrency,
    service: service.encode(),
    failedService: failedService.encode(),
    p50Us: service.percentileUs(50),
    p90Us: service.percentileUs(90),
    p99Us: service.percentileUs(99),
    wire,
    newCarriers:
      phase === 'measure' ? probe.takeNewCarriers() : { connections: 0, handshakesFull: 0, handshakesResumed: 0 },
    ...vitals,
    speedControlMs: [speedBeforeMs, timeSpeedControl(clock)],
  }
}

/** A pool may have begun a connection that no request waited for; it belongs to this block, so let it finish. */
async function settle(probe: WireProbe): Promise<void> {
  for (let waitedMs = 0; probe.unsettled() > 0 && waitedMs < settleLimitMs; waitedMs += 2) await sleep(2)
}
