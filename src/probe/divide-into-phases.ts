import type { Clock } from './clock.ts'
import { type ConnectionTrace, type IterationTrace, makeRequest, type RequestTrace } from './iteration-trace.ts'
import type { PhaseBook } from './phase-book.ts'
import type { Asked, RequestObserver } from './request-observer.ts'
import type { ConnectionTraces } from './trace-connections.ts'
import type { WaitingIterations } from './waiting-iterations.ts'

interface ObserveOptions {
  readonly clock: Clock
  readonly connections: ConnectionTraces
  /** The iteration whose asynchronous context this is, if one is under way in it. */
  readonly current: () => IterationTrace | undefined
  readonly waiting: WaitingIterations
  readonly book: () => PhaseBook | undefined
}

/** Divides the time of iterations by what is seen of their requests. */
export function observeRequests({ clock, connections, current, waiting, book }: ObserveOptions): RequestObserver {
  let next: Asked | undefined
  const release = ({ iteration }: RequestTrace) => {
    if (iteration === undefined) return
    iteration.release()
    if (iteration.isWaiting) waiting.add(iteration)
  }
  return {
    nowMs: () => clock.nowMs(),
    ask: () => ({ iteration: current(), askedMs: clock.nowMs() }),
    dispatch(asked) {
      next = asked
    },
    begin() {
      const known = next
      next = undefined
      const own = known === undefined ? current() : known.iteration
      // Pools serve in order of asking: one that is created in a context that is over is that of whoever waits longest.
      const iteration = own ?? (known === undefined ? waiting.longest() : undefined)
      if (iteration === undefined || iteration.isOver) return makeRequest(undefined, clock.nowMs())
      waiting.delete(iteration)
      return iteration.ask(own === undefined ? undefined : (known?.askedMs ?? clock.nowMs()))
    },
    send(request, socket, atMs = clock.nowMs()) {
      if (request !== undefined) sendRequest(request, connections.of(socket), atMs)
    },
    answer(request, status) {
      // A 100 (Continue) is not the answer.
      if (request === undefined || (status !== undefined && status < 200)) return
      request.headMs = clock.nowMs()
      request.status = status
      request.iteration?.take('firstByte', request.headMs)
    },
    end(request) {
      if (request === undefined || request.endedMs !== undefined) return
      request.endedMs = clock.nowMs()
      request.iteration?.take('body', request.endedMs)
      book()?.addRequest(request)
      release(request)
    },
    fail(request) {
      if (request === undefined || request.endedMs !== undefined) return
      request.endedMs = clock.nowMs()
      release(request)
    },
  }
}

function sendRequest(request: RequestTrace, connection: ConnectionTrace | undefined, atMs: number): void {
  const { iteration } = request
  const isFirst = connection !== undefined && connection.requests++ === 0
  request.connection = connection
  request.isReused = connection !== undefined && !isFirst
  request.sentMs = isFirst ? Math.max(atMs, connection.securedMs ?? connection.connectedMs ?? atMs) : atMs
  if (isFirst && iteration !== undefined) {
    iteration.take('wait', connection.openedMs)
    iteration.takeOpening(connection)
  }
  iteration?.take('wait', request.sentMs)
}
