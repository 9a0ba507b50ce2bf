import type { Socket } from 'node:net'
import type { IterationTrace, RequestTrace } from './iteration-trace.ts'

/** A request that waits for a connection: whose it is, and since when. */
export interface Asked {
  readonly iteration: IterationTrace | undefined
  readonly askedMs: number
}

/** Is told what happens to requests, by whoever listens to a client; events of requests that began unseen are undefined. */
export interface RequestObserver {
  nowMs(): number
  /** A request is asked for, in the context of its iteration. */
  ask(): Asked
  /** It is given to a connection: the request that begins next is this one. */
  dispatch(asked: Asked | undefined): void
  /** A request begins: of the iteration whose context this is, or of the one that has waited longest. */
  begin(): RequestTrace
  /** It has a socket, and goes out as soon as that is ready; `atMs` when it was not just now. */
  send(request: RequestTrace | undefined, socket: Socket | undefined, atMs?: number): void
  /** The head of its response is there. */
  answer(request: RequestTrace | undefined, status: number | undefined): void
  /** The last byte is there. */
  end(request: RequestTrace | undefined): void
  /** It will not end well; nothing happens when it has ended already. */
  fail(request: RequestTrace | undefined): void
}
