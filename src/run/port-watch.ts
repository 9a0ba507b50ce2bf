import { readFileSync } from 'node:fs'
import { isLoopback } from '../../fixtures-server/is-loopback.ts'
import { LoadStopped } from '../arm/load-stopped.ts'
import type { MeasuredBlock } from '../sample/block.ts'
import { sumOf } from '../statistics/sum-of.ts'
import { grouped } from '../words/counted.ts'

/** How long Linux keeps the port of a connection that this side closed first (TIME_WAIT). */
const restMs = 60_000
/** Of all ports: what else the machine does has some, and the next block needs its own. */
const mostShare = 0.8

/**
 * Looks at how many connections were opened in the last minute, and where they are many, at how many ports rest; throws LoadStopped
 * before all do, when connections would fail for a reason that is not the target's. Nothing to look at where ports are used
 * again, or the system does not tell.
 */
export function makePortWatch(
  host: string,
  reuse: number = readReuse(),
): (block: MeasuredBlock, nowMs: number) => void {
  if (reuse === 1 || (reuse === 2 && isLoopback(host))) return () => {}
  let opened: { readonly count: number; readonly atMs: number }[] = []
  return ({ wire, localPorts, timeWaitSockets = 0 }, atMs) => {
    opened = [...opened.filter((one) => one.atMs > atMs - restMs), { count: wire.connectionsOpened, atMs }]
    const most = mostShare * (localPorts ?? Number.POSITIVE_INFINITY)
    if (localPorts === undefined || sumOf(opened, ({ count }) => count) <= most || timeWaitSockets <= most) return
    throw new LoadStopped(
      `stopped: of the ${grouped(localPorts)} ports that this machine has for connections ${grouped(timeWaitSockets)} rest, each for a minute after its connection was closed: more would fail for that; --rate or --max-rate opens fewer`,
    )
  }
}

/** Linux: 1 where ports that rest are used again, 2 where they are on this machine alone. */
function readReuse(): number {
  try {
    return Number(readFileSync('/proc/sys/net/ipv4/tcp_tw_reuse', 'utf8'))
  } catch {
    return 0
  }
}
