import type { Exchange } from './exchange.ts'

/** What an exchange reports to the pool that it runs in. */
export type ExchangeOwner = {
  /** The connection has no further use for this exchange. */
  finished(exchange: Exchange): void
  /** The connection never took it, or died before a byte was written: the exchange needs another one. */
  unsent(exchange: Exchange, error: Error): void
  /** It is over, but the connection still has it in its queue, and will say `finished` when its turn comes. */
  calledOff(exchange: Exchange): void
  /** The exchange gave up waiting for a connection. */
  forget(exchange: Exchange): void
}
