import type { Clock } from '../../probe/clock.ts'
import { openPhaseTracer } from '../../probe/open-phase-tracer.ts'
import { openWireProbe } from '../../probe/wire-probe.ts'
import type { RunIteration } from '../../scenario/iteration.ts'
import { runClosedLoop } from '../closed-loop.ts'
import { makeIterationSlot, makePlainSource, withinTimeouts } from '../iteration-slot.ts'
import { openIteration } from '../open-iteration.ts'
import { makeOutcomes, type Outcomes } from '../outcomes.ts'
import { settleResult } from '../settle-result.ts'
import { makeStepTally } from '../steps.ts'

/** What is added to the bare client, each with all before it. */
export const recorderLayers = ['bare', 'loop', 'histograms', 'probe', 'phases'] as const
export type RecorderLayer = (typeof recorderLayers)[number]

export interface RecorderTask {
  readonly kind: 'recorder'
  readonly layer: RecorderLayer
  readonly durationMs: number
  readonly concurrency: number
  readonly iterationTimeoutMs: number
}

/** What a block with so much of the recorder took. */
export interface RecorderBlock {
  readonly iterations: number
  /** CPU time of the process, user and system. */
  readonly cpuUs: number
}

/** Loads the client with only as much of the harness around it as asked for, and takes the CPU time. */
export async function runRecorderBlock(task: RecorderTask, run: RunIteration, clock: Clock): Promise<RecorderBlock> {
  const stops = openLayers(task.layer)
  const before = process.cpuUsage()
  const iterations = await runLayer(task, run, clock, stops.tracer)
  const { user, system } = process.cpuUsage(before)
  stops.close()
  return { iterations, cpuUs: user + system }

  function openLayers(layer: RecorderLayer) {
    const probe = layer === 'probe' || layer === 'phases' ? openWireProbe() : undefined
    const tracer = layer === 'phases' ? openPhaseTracer(clock) : undefined
    tracer?.startBlock(1)
    const close = () => {
      tracer?.close()
      probe?.close()
    }
    return { tracer, close }
  }
}

async function runLayer(
  task: RecorderTask,
  run: RunIteration,
  clock: Clock,
  tracer: ReturnType<typeof openPhaseTracer> | undefined,
): Promise<number> {
  const { layer, durationMs, concurrency, iterationTimeoutMs } = task
  switch (layer) {
    case 'bare':
      return runBare(task, run, clock)
    case 'loop': {
      const counter = makeCounter()
      await runSlots(task, run, clock, counter)
      return counter.count()
    }
    case 'histograms': {
      const outcomes = makeOutcomes()
      await runSlots(task, run, clock, outcomes)
      const { succeeded, failed } = outcomes.read()
      return succeeded + failed
    }
    case 'probe':
    case 'phases': {
      const { succeeded, failed } = await runClosedLoop({
        run,
        clock,
        durationMs,
        concurrency,
        iterationTimeoutMs,
        tracer,
      })
      return succeeded + failed
    }
    default:
      return layer satisfies never
  }
}

/** Workers that call the client and nothing else; a timer ends them. */
async function runBare({ durationMs, concurrency }: RecorderTask, run: RunIteration, clock: Clock): Promise<number> {
  const { signal } = new AbortController()
  const source = makePlainSource()
  const place = { index: 0, user: source.userOf(0), data: undefined }
  const { iteration } = openIteration(place, { clock, steps: makeStepTally() })
  let isOver = false
  let count = 0
  const work = async () => {
    while (!isOver) {
      const reading = settleResult(await run(signal, iteration))
      if (reading !== undefined) await reading
      count++
    }
  }
  const workers = Array.from({ length: concurrency }, work)
  await clock.sleep(durationMs)
  isOver = true
  await Promise.all(workers)
  return count
}

/** Workers in the engine's own slots, with its clock readings and its watch for what hangs. */
async function runSlots(
  { durationMs, concurrency, iterationTimeoutMs }: RecorderTask,
  run: RunIteration,
  clock: Clock,
  outcomes: Outcomes,
): Promise<void> {
  const options = { run, clock, iterationTimeoutMs }
  const source = makePlainSource()
  const slots = Array.from({ length: concurrency }, (_, user) => makeIterationSlot({ ...options, source }, user))
  const endMs = clock.nowMs() + durationMs
  const work = async (slot: (typeof slots)[number]) => {
    do await slot.run(outcomes, source.nextIndex())
    while (clock.nowMs() < endMs)
  }
  await withinTimeouts(slots, options, () => Promise.all(slots.map(work)))
}

/** Takes note of outcomes only by their number. */
function makeCounter() {
  let outcomes = 0
  return {
    steps: makeStepTally(),
    begin: () => {},
    succeed: () => {
      outcomes++
    },
    fail: () => {
      outcomes++
    },
    count: () => outcomes,
  }
}
