import { readFileSync } from 'node:fs'
import { isLoopback } from '../../fixtures-server/is-loopback.ts'
import { LoadStopped } from '../arm/load-stopped.ts'
import { sumOf } from '../statistics/sum-of.ts'
import { grouped } from '../words/counted.ts'

/** How long Linux keeps the port of a connection that this side closed first (TIME_WAIT). */
const restMs = 60_000
/** Of all ports: what else the machine does has some, and the next block needs its own. */
const mostShare = 0.8

type ReadSystem = (path: string) => string

/**
 * Looks at how many connections were opened in the last minute, and where they are many, at how many ports rest; throws LoadStopped
 * before all do, when connections would fail for a reason that is not the target's. Nothing to look at where ports are used
 * again, or the system does not tell.
 */
export function makePortWatch(
  host: string,
  read: ReadSystem = (path) => readFileSync(path, 'utf8'),
): (connectionsOpened: number, nowMs: number) => void {
  const [low, high] = numbersIn(tryRead(read, '/proc/sys/net/ipv4/ip_local_port_range'))
  const [reuse = 0] = numbersIn(tryRead(read, '/proc/sys/net/ipv4/tcp_tw_reuse'))
  if (low === undefined || high === undefined || reuse === 1 || (reuse === 2 && isLoopback(host))) return () => {}
  const most = mostShare * (high - low + 1)
  let opened: { readonly count: number; readonly atMs: number }[] = []
  return (count, atMs) => {
    opened = [...opened.filter((one) => one.atMs > atMs - restMs), { count, atMs }]
    if (sumOf(opened, (one) => one.count) <= most) return
    const [, text] = /^TCP:.* tw (\d+)/m.exec(tryRead(read, '/proc/net/sockstat')) ?? []
    const resting = Number(text ?? 0)
    if (resting <= most) return
    throw new LoadStopped(
      `stopped: of the ${grouped(high - low + 1)} ports that this machine has for connections ${grouped(resting)} rest, each for a minute after its connection was closed: more would fail for that; --rate or --max-rate opens fewer`,
    )
  }
}

function numbersIn(text: string): number[] {
  return (text.match(/\d+/g) ?? []).map(Number)
}

function tryRead(read: ReadSystem, path: string): string {
  try {
    return read(path)
  } catch {
    return ''
  }
}
