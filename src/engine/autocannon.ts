// @ts-expect-error it has no types
import autocannon from 'autocannon'
import { startVitals } from '../probe/vitals.ts'
import type { ResolvedAutocannonRequest } from '../scenario/autocannon-request.ts'
import { type AutocannonClient, type GatedBlock, type GatedConnection, takeOver } from './autocannon-connection.ts'
import type { LoopResult } from './closed-loop.ts'
import { makeOutcomes } from './outcomes.ts'
import type { LoopWindow } from './run-block.ts'
import { waitFor } from './wait-for.ts'

interface AutocannonLoad {
  readonly origin: string
  /** `connections`: those of this process. */
  readonly request: ResolvedAutocannonRequest
  readonly timeoutMs: number
}

type AutocannonWindow = Pick<LoopWindow, 'clock' | 'durationMs' | 'probe' | 'waitForStart'>

/** A run of autocannon, which has no types of its own: what is used of it here. */
type AutocannonRun = PromiseLike<unknown> & { /** Absent when it did not begin. */ stop?(): void }
type Autocannon = (options: Readonly<Record<string, unknown>>) => AutocannonRun

/** autocannon looks this often whether it has been stopped, ms. */
const stopCheckMs = 5

/**
 * Loads a server with autocannon for the time of one block: connections are opened first, then requests sent without a pause,
 * then those under way awaited. Left alone, autocannon counts connecting as load and ends by cutting requests off in
 * mid-flight, which client and server would count differently; so its connections are put under a gate.
 *
 * Latency is autocannon's, from write to last byte, rounded up to whole milliseconds.
 */
export async function runAutocannon(
  { origin, request, timeoutMs }: AutocannonLoad,
  window: AutocannonWindow,
): Promise<LoopResult> {
  const { clock, durationMs, probe } = window
  const { connections: count, pipelining } = request
  const outcomes = makeOutcomes()
  const block: GatedBlock = { gate: 'shut', startMs: 0, requests: 0, busyMs: 0, outcomes, clock }
  const connections: GatedConnection[] = []
  const run = (autocannon as Autocannon)({
    ...optionsOf(request, origin, timeoutMs),
    setupClient: (client: AutocannonClient) => connections.push(takeOver(client, block, pipelining)),
  })
  const isConnected = () => connections.length === count && probe.unsettled() === 0
  try {
    // It ends early only by rejecting: when it takes an option for wrong.
    await Promise.race([waitFor(isConnected, timeoutMs, clock), run])
    block.startMs = await window.waitForStart()
    using vitals = startVitals(clock)
    block.gate = 'open'
    for (const connection of connections) connection.start()
    await clock.sleep(durationMs)
    block.gate = 'over'
    for (const connection of connections) connection.finish()
    await waitFor(() => connections.every(({ isIdle }) => isIdle()), timeoutMs + 1_000, clock)
    const { startMs, requests, busyMs } = block
    const [workers, elapsedMs] = [count * pipelining, clock.nowMs() - startMs]
    return {
      ...outcomes.read(),
      startMs,
      elapsedMs,
      workMs: busyMs / workers,
      workers,
      requests,
      vitals: vitals.read(),
    }
  } finally {
    block.gate = 'over'
    run.stop?.()
    await run
  }
}

function optionsOf({ path, body, ...request }: ResolvedAutocannonRequest, origin: string, timeoutMs: number) {
  return {
    ...request,
    url: origin + path,
    ...(body !== undefined && { body: typeof body === 'string' ? body : Buffer.from(body) }),
    timeout: timeoutMs / 1_000,
    // In seconds: the block ends it, its own clock never does.
    duration: 86_400,
    sampleInt: stopCheckMs,
    // No rate: only with one does autocannon "correct" latencies, by a thousandth of what it means to.
    skipAggregateResult: true,
  }
}
