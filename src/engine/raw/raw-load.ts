import type { Clock } from '../../probe/clock.ts'
import type { IsFailure } from '../../probe/status-book.ts'
import type { Failure } from '../../sample/outcome.ts'
import type { LoopWindow } from '../run-block.ts'
import { waitFor } from '../wait-for.ts'
import { KnownHeads } from './frame-responses.ts'
import { GivenUp } from './given-up.ts'
import { LoadConnection, type LoadDriver } from './load-connection.ts'
import type { RequestOfIndex } from './prepare-requests.ts'
import type { Connect } from './raw-socket.ts'

/** What is sent, over what. */
export interface PreparedLoad {
  readonly connect: Connect
  readonly requestOf: RequestOfIndex
  /** Of this process. */
  readonly connections: number
  readonly pipelining: number
  /** Each request has a connection of its own. */
  readonly isPerRequest: boolean
  readonly timeoutMs: number
}

/** The connections of one block. */
interface BlockConnections extends Disposable {
  readonly all: readonly LoadConnection[]
  /** Opens those that are kept, or the first of them; resolves when they are, or it has taken too long. */
  open(most?: number): Promise<void>
  /** Resolves when nothing is under way; what has taken too long then has failed. */
  drained(limitMs: number): Promise<void>
}

/** How often it is looked whether a request has taken too long. */
const checkEveryMs = 100

/** Makes the connections; what takes longer than it may is given up from now on. */
export function makeConnections(
  { connect, pipelining, isPerRequest, timeoutMs }: PreparedLoad,
  { count, driver, clock, onCheck }: { count: number; driver: LoadDriver; clock: Clock; onCheck?: () => void },
): BlockConnections {
  const options = { connect, heads: new KnownHeads(), clock, driver, pipelining, isPerRequest }
  const all = Array.from({ length: count }, () => new LoadConnection(options))
  const stop = clock.every(Math.max(1, Math.min(checkEveryMs, timeoutMs / 4)), () => {
    const latestMs = clock.nowMs() - timeoutMs
    for (const connection of all) {
      if (connection.waitingSinceMs < latestMs) connection.abort(connection.isOpen ? overdue() : unconnected())
    }
    onCheck?.()
  })
  return {
    all,
    async open(most = all.length) {
      if (isPerRequest) return
      const first = all.slice(0, most)
      for (const connection of first) connection.open()
      await waitFor(() => first.every(({ isTold }) => isTold), timeoutMs, clock)
    },
    async drained(limitMs) {
      await waitFor(() => all.every(({ isIdle }) => isIdle), limitMs, clock)
      for (const connection of all) if (!connection.isIdle) connection.fail(unanswered())
    },
    [Symbol.dispose]() {
      stop()
      for (const connection of all) connection.close()
    },
  }
}

function unconnected(): Error {
  return new GivenUp('could not connect in time', { isConnecting: true })
}

function unanswered(): Error {
  return new GivenUp('no answer came before the block had to end', { isConnecting: false })
}

function overdue(): Error {
  return new GivenUp('no answer came in time', { isConnecting: false })
}

/** Undefined for an answer that is none. */
export function failureOf(status: number, isFailure: IsFailure): Failure | undefined {
  return isFailure(status) ? { code: 'status', status, message: `the target answered ${status}` } : undefined
}

/** What a raw loop must know of its block. */
export type RawWindow = Pick<LoopWindow, 'clock' | 'durationMs' | 'isFailure' | 'source' | 'waitForStart'>
