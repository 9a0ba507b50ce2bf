import { AsyncLocalStorage } from 'node:async_hooks'
import { makeRandom } from '../plan/random.ts'
import type { BlockPhases } from '../sample/phases.ts'
import type { Clock } from './clock.ts'
import { observeRequests } from './divide-into-phases.ts'
import { IterationTrace } from './iteration-trace.ts'
import { PhaseBook, type TracedTimes } from './phase-book.ts'
import { traceConnections } from './trace-connections.ts'
import { traceNodeHttp } from './trace-node-http.ts'
import { traceSession, traceUndici } from './trace-undici.ts'
import { WaitingIterations } from './waiting-iterations.ts'

/** Says where the time of iterations goes, for any client on Node's sockets. */
export interface PhaseTracer {
  /** What is seen from here on belongs to a new block; the seed decides which iterations are kept as exemplars. */
  startBlock(seed: number): void
  /** What was seen since `startBlock`. */
  takeBlock(): BlockPhases
  begin(beginMs: number): IterationTrace
  /** Runs an iteration so that what it does can be told from what others do. */
  within<Result>(trace: IterationTrace, work: () => Result): Result
  succeed(trace: IterationTrace, times: TracedTimes): void
  fail(trace: IterationTrace): void
  close(): void
}

/**
 * Starts following sockets and requests. Open it before any client is made, and only when phases are wanted: it costs some
 * µs of CPU time per request (`npm run prove:phases`).
 */
export function openPhaseTracer(clock: Clock): PhaseTracer {
  const contexts = new AsyncLocalStorage<IterationTrace>()
  const waiting = new WaitingIterations()
  let book: PhaseBook | undefined
  const current = () => {
    const trace = contexts.getStore()
    return trace?.isOver ? undefined : trace
  }
  const connections = traceConnections({
    clock,
    onOpening: (connection) => void current()?.opened.push(connection),
    onConnected: (connection) => book?.addConnection(connection),
    onSecured: (connection) => book?.addHandshake(connection),
  })
  const observer = observeRequests({ clock, connections, current, waiting, book: () => book })
  const stops = [traceUndici(observer), traceNodeHttp(observer), traceSession(observer)]
  const end = (trace: IterationTrace) => {
    trace.isOver = true
    waiting.delete(trace)
  }
  return {
    startBlock(seed) {
      book = new PhaseBook(makeRandom(seed))
    },
    takeBlock() {
      const block = (book ?? new PhaseBook(() => 0)).read()
      book = undefined
      return block
    },
    begin(beginMs) {
      const trace = new IterationTrace(beginMs)
      waiting.add(trace)
      return trace
    },
    within: (trace, work) => contexts.run(trace, work),
    succeed(trace, times) {
      // Of a client that says nothing of its requests at least the opening of connections is known.
      if (trace.seen === 0) for (const connection of trace.opened) trace.takeOpening(connection)
      end(trace)
      book?.addIteration(trace, times)
    },
    fail: end,
    close() {
      for (const stop of stops) stop()
      connections.close()
      contexts.disable()
    },
  }
}
