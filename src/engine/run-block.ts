import { deriveSeed } from '../plan/derive-seed.ts'
import { type Shard, shardWorkload } from '../plan/shard.ts'
import { type Clock, waitUntil } from '../probe/clock.ts'
import { noCarriers } from '../probe/connection-book.ts'
import { startLoopDelay } from '../probe/loop-delay.ts'
import { startMachineVitals } from '../probe/machine-vitals.ts'
import type { PhaseTracer } from '../probe/open-phase-tracer.ts'
import { type IsFailure, makeIsFailure } from '../probe/status-book.ts'
import { startVitals } from '../probe/vitals.ts'
import type { StatusWatch } from '../probe/watch-statuses.ts'
import { differenceOf, type WireProbe } from '../probe/wire-probe.ts'
import type { MeasuredBlock } from '../sample/block.ts'
import type { RunIteration, User } from '../scenario/iteration.ts'
import type { ResolvedOpenWorkload, ResolvedWorkload } from '../scenario/resolve-scenario.ts'
import { defined } from '../session/defined.ts'
import { type BlockPhase, closedLoopOf, makeSchedule } from './block-draws.ts'
import { type LoopResult, runClosedLoop } from './closed-loop.ts'
import { type IterationSource, makePlainSource } from './iteration-slot.ts'
import { type OpenLoopResult, type OpenSchedule, runOpenLoop } from './open-loop.ts'
import { timeSpeedControl } from './speed-control.ts'

/** A loop that an engine brings in place of those for iterations. */
export type OwnLoop = (window: LoopWindow) => Promise<LoopResult | OpenLoopResult>

/** What such a loop must know of its block. */
export interface LoopWindow extends Pick<BlockOptions, 'durationMs' | 'phase' | 'clock' | 'probe'> {
  readonly isFailure: IsFailure
  readonly source: IterationSource
  /** Where requests are due at times that the load does not choose. */
  readonly schedule: OpenSchedule | undefined
  /** Resolves when load may begin, to the time that it then is. */
  waitForStart(): Promise<number>
}

/** What an arm does: iterations that the workload starts, or a loop of its own. */
export type ArmWork =
  | {
      readonly kind: 'iteration'
      readonly run: RunIteration
      /** Makes what these virtual users need, before the load. @default nothing is needed */
      readonly prepareUsers?: (users: readonly User[]) => Promise<void>
    }
  | { readonly kind: 'loop'; readonly loop: OwnLoop }

interface BlockOptions {
  /** Makes what the arm does; what that sends belongs to the block, the time that it takes does not. */
  readonly open: () => Promise<OpenArm>
  readonly workload: ResolvedWorkload
  readonly phase: BlockPhase
  readonly durationMs: number
  readonly clock: Clock
  readonly probe: WireProbe
  /** Absent: phases are not asked for. */
  readonly tracer?: PhaseTracer | undefined
  /** Absent: only what an iteration returns tells how it was answered. */
  readonly statuses?: StatusWatch | undefined
  /** @default every status from 400 on */
  readonly isFailure?: IsFailure | undefined
  /** Of the block's random arrivals, pauses and exemplars. */
  readonly seed: number
  /** Where its iterations get their index and data from. @default counted from 0, without data */
  readonly source?: IterationSource
  /** The data are at their end after so many iterations, and the block with them. @default no limit */
  readonly mostIterations?: number | undefined
  /** This process's part of the load, when several share it. */
  readonly shard: Shard
  /** Whether a place (`127.0.0.1:41234`) is not the target's, where that can be told. */
  readonly isElsewhere?: ((place: string) => boolean) | undefined
  /** When load begins in all of them, by the clock. @default at once */
  readonly startMs?: number | undefined
}

/** A block as one of several processes measured it, and what it takes to make one of them all. */
interface ShardBlock {
  readonly block: MeasuredBlock
  /** When its load began, by the clock. */
  readonly startMs: number
  /** Places for iterations, when `workMs` is their mean; undefined when it is the whole time. */
  readonly workers: number | undefined
}

/** An arm that is ready to run, and what has to be done when that is over. */
export interface OpenArm {
  readonly work: ArmWork
  readonly close: () => Promise<void>
}

/** Longest wait for connections that were started in the block and are not yet established. */
const settleLimitMs = 2_000

/** Measures one arm for a short time: load, drain, and the counts and vitals of exactly that time. */
export async function runBlock(options: BlockOptions): Promise<ShardBlock> {
  const { phase, clock, probe, tracer, seed, shard } = options
  const startedAt = new Date().toISOString()
  const speedBeforeMs = timeSpeedControl(clock)
  probe.startBlock()
  tracer?.startBlock(deriveSeed(seed, 'exemplars', shard.index))
  const wireBefore = probe.read()
  const unansweredBefore = probe.unanswered()
  const unconnectedBefore = probe.unconnected()
  const { kind, loop, vitals, requests } = await load(options)
  await settle(options)
  const elsewhere = probe.places().filter((place) => options.isElsewhere?.(place))
  const seen = differenceOf(probe.read(), wireBefore)
  const wire = { ...seen, requests: loop.requests ?? seen.requests }
  const { elapsedMs, workMs, succeeded, failed, failures, service, failedService, steps } = loop
  const latency = 'response' in loop ? loop.response : service
  const block: MeasuredBlock = {
    startedAt,
    ...{ elapsedMs, workMs, succeeded, failed, failures: [...failures] },
    ...defined({ untimed: loop.untimed, histogramUnit: service.unit === 'us' ? undefined : service.unit }),
    service: service.encode(),
    failedService: failedService.encode(),
    ...(steps.length > 0 && { steps: steps.map((step) => ({ ...step, service: step.service.encode() })) }),
    ...('response' in loop && { openLoop: encodeOpenLoop(loop), ...(loop.stages && { stages: [...loop.stages] }) }),
    ...defined({
      statuses: loop.statuses,
      phases: tracer?.takeBlock(),
      lastAnswerMs: loop.lastAnswerMs,
      inFlightMs: loop.inFlightMs,
    }),
    p50Us: latency.percentileUs(50),
    p90Us: latency.percentileUs(90),
    p99Us: latency.percentileUs(99),
    wire,
    ...(loop.requests === undefined && requests !== wire.requests && { loadRequests: requests }),
    newCarriers: phase === 'measure' ? probe.takeNewCarriers() : noCarriers(),
    ...(elsewhere.length > 0 && { elsewhere }),
    unanswered: loop.unanswered ?? probe.unanswered() - unansweredBefore,
    unconnected: loop.unconnected ?? probe.unconnected() - unconnectedBefore,
    ...vitals,
    speedControlMs: [speedBeforeMs, timeSpeedControl(clock)],
  }
  if (kind === 'iteration') releaseHistograms(loop)
  return { block, startMs: loop.startMs, workers: loop.workers }
}

/** Every iteration has been awaited, so nothing can be recorded any more. */
function releaseHistograms(loop: LoopResult | OpenLoopResult): void {
  loop.service.release()
  loop.failedService.release()
  if (!('response' in loop)) return
  loop.response.release()
  loop.dispatchDelay.release()
}

/** Runs the arm's loop, and closes the arm whatever happens. */
async function load(options: BlockOptions) {
  const { open, workload, shard, clock, probe, source = makePlainSource() } = options
  const arm = await open()
  try {
    const { work } = arm
    const own = shardWorkload(workload, shard)
    if (work.kind === 'iteration' && own.model === 'closed') {
      await work.prepareUsers?.(Array.from({ length: own.concurrency }, (_, user) => source.userOf(user)))
    }
    const stopMachineVitals = startMachineVitals()
    if (work.kind === 'iteration') await waitForStart(options)
    // A function under test blocks the event loop for the whole block, and is meant to.
    using loopDelay = workload.model === 'micro' ? undefined : startLoopDelay()
    using ownVitals = startVitals(clock)
    const before = probe.read().requests
    const loop = await runLoop(options, work)
    const requests = probe.read().requests - before
    const vitals = { ...(loop.vitals ?? ownVitals.read()), ...stopMachineVitals(), ...(await loopDelay?.read()) }
    return { kind: work.kind, loop, vitals, requests }
  } finally {
    await arm.close()
  }
}

async function waitForStart({ clock, startMs = clock.nowMs() }: BlockOptions): Promise<number> {
  await waitUntil(clock, startMs)
  return clock.nowMs()
}

async function runLoop(options: BlockOptions, work: ArmWork): Promise<LoopResult | OpenLoopResult> {
  const { durationMs, clock, shard, source = makePlainSource(), mostIterations, tracer, statuses } = options
  const { isFailure = makeIsFailure() } = options
  const workload = shardWorkload(options.workload, shard)
  if (work.kind === 'loop') {
    const schedule = workload.model === 'open' ? scheduleOf(workload, options) : undefined
    return work.loop({ ...options, isFailure, source, schedule, waitForStart: () => waitForStart(options) })
  }
  const { run } = work
  const { iterationTimeoutMs } = workload
  const limit = mostIterations === undefined ? {} : { mostIterations }
  const common = { run, clock, durationMs, iterationTimeoutMs, source, tracer, statuses, isFailure, ...limit }
  switch (workload.model) {
    case 'closed':
      return runClosedLoop({ ...common, ...closedLoopOf(workload, options) })
    case 'open':
      return runOpenLoop({
        ...common,
        ...scheduleOf(workload, { ...options, startMs: options.startMs ?? clock.nowMs() }),
      })
    case 'raw':
    case 'autocannon':
    case 'micro':
      throw new Error(`an arm of the ${workload.model} engine has a loop of its own`)
    default:
      return workload satisfies never
  }
}

function scheduleOf(workload: ResolvedOpenWorkload, options: BlockOptions): OpenSchedule {
  const { maxInFlight, leadInMs, drainMs } = workload
  return {
    ...makeSchedule(workload, options),
    maxInFlight,
    leadInMs,
    drainMs,
    ...defined({ startMs: options.startMs }),
  }
}

function encodeOpenLoop({ intended, dropped, scheduleMs, response, dispatchDelay, course }: OpenLoopResult) {
  const histograms = { response: response.encode(), dispatchDelay: dispatchDelay.encode() }
  return { intended, dropped, scheduleMs, ...histograms, ...(course && { course }) }
}

/** A pool may have begun a connection that no request waited for; it belongs to this block, so let it finish. */
async function settle({ probe, clock }: BlockOptions): Promise<void> {
  for (let waitedMs = 0; probe.unsettled() > 0 && waitedMs < settleLimitMs; waitedMs += 2) await clock.sleep(2)
}
