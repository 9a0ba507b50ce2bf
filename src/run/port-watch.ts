import { readFileSync } from 'node:fs'
import { isLoopback } from '../../fixtures-server/is-loopback.ts'
import { LoadStopped } from '../arm/load-stopped.ts'
import { grouped } from '../words/counted.ts'

/** How long Linux keeps the port of a connection that it has closed (TIME_WAIT). */
const restMs = 60_000
/** Of all ports: what else the machine does has some, and the next block needs its own. */
const mostShare = 0.8
/** Where the system does not tell (IANA's dynamic ports). */
const usualPorts = 16_384

type ReadSetting = (path: string) => string

/**
 * Looks at how many connections were opened in the last minute; throws LoadStopped before the ports of this machine are all
 * resting, when connections would fail for a reason that is not the target's. Nothing to look at where ports are used again.
 */
export function makePortWatch(
  host: string,
  read: ReadSetting = (path) => readFileSync(path, 'utf8'),
): (connectionsOpened: number, nowMs: number) => void {
  const [low = 1, high = usualPorts] = readNumbers(read, 'ip_local_port_range')
  const [reuse = 0] = readNumbers(read, 'tcp_tw_reuse')
  if (reuse === 1 || (reuse === 2 && isLoopback(host))) return () => {}
  const ports = high - low + 1
  let opened: { readonly count: number; readonly atMs: number }[] = []
  return (count, atMs) => {
    opened = [...opened.filter((one) => one.atMs > atMs - restMs), { count, atMs }]
    const recent = opened.reduce((sum, one) => sum + one.count, 0)
    if (recent <= mostShare * ports) return
    throw new LoadStopped(
      `stopped: ${grouped(recent)} connections were opened in a minute, and of the ${grouped(ports)} ports that this machine has for them each rests for a minute: more would fail for that; --rate or --max-rate opens fewer`,
    )
  }
}

function readNumbers(read: ReadSetting, name: string): number[] {
  try {
    return read(`/proc/sys/net/ipv4/${name}`).trim().split(/\s+/).map(Number)
  } catch {
    return []
  }
}
