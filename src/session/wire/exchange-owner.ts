import type { Socket } from 'node:net'

/** What an exchange reports to the pool that it runs in. */
export type ExchangeOwner<Exchange> = {
  /** The connection has no further use for this exchange. */
  finished(exchange: Exchange): void
  /** The connection never took it, or died before a byte was written: the exchange needs another one. */
  unsent(exchange: Exchange, error: Error): void
  /** It is over, but the connection still has it in its queue, and will say `finished` when its turn comes. */
  calledOff(exchange: Exchange): void
  /** The exchange gave up waiting for a connection. */
  forget(exchange: Exchange): void
}

/** A connection on its way. */
export type Opening<Exchange> = {
  /** Whom it is opened for, as long as that one waits: its failure is theirs. Without one it serves whoever is first. */
  for: Exchange | undefined
  socket: Socket | undefined
  /** True for one that will carry one request, and be closed. */
  readonly single: boolean
}
