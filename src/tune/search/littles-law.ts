/**
 * Connections that are busy on average when `ratePerSecond` requests take `serviceMs` each: L = λW (Little 1961). Without
 * pipelining a pool needs at least so many; fewer make a queue that never ends.
 */
export function busyConnections(ratePerSecond: number, serviceMs: number): number {
  return (ratePerSecond * serviceMs) / 1_000
}
