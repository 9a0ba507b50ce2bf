import { readFileSync } from 'node:fs'
import type { MeasuredBlock } from '../sample/block.ts'
import { defined } from '../session/defined.ts'
import { sumOf } from '../statistics/sum-of.ts'

/** What the whole machine did meanwhile; a field is absent where the system does not tell. */
type MachineVitals = Pick<MeasuredBlock, 'cpuStealShare' | 'cpuIdleShare' | 'timeWaitSockets' | 'localPorts'>

/** Reads a file of the system, undefined where there is none. */
type ReadSystemFile = (path: string) => string | undefined

/** Starts looking at the machine; call the returned function at the end of the time that is meant. */
export function startMachineVitals(read: ReadSystemFile = readSystemFile): () => MachineVitals {
  const before = readCpuTicks(read)
  return () => {
    const after = readCpuTicks(read)
    return defined({
      cpuStealShare: shareOf('steal', before, after),
      cpuIdleShare: shareOf('idle', before, after),
      timeWaitSockets: readTimeWait(read),
      localPorts: readLocalPorts(read),
    })
  }
}

interface CpuTicks {
  readonly steal: number
  /** Waiting for a disk is idle too. */
  readonly idle: number
  readonly all: number
}

/** user, nice, system, idle, iowait, irq, softirq, steal; guests' time, which follows, is in user already (proc(5)). */
function readCpuTicks(read: ReadSystemFile): CpuTicks | undefined {
  const line = /^cpu +(.*)$/m.exec(read('/proc/stat') ?? '')?.[1]
  const ticks = line?.trim().split(/ +/).slice(0, 8).map(Number) ?? []
  if (ticks.length < 8 || !ticks.every(Number.isFinite)) return undefined
  const [, , , idle, waiting, , , steal] = ticks as [number, number, number, number, number, number, number, number]
  return { steal, idle: idle + waiting, all: sumOf(ticks) }
}

/** Undefined also for a time shorter than a tick (10 ms). The kernel lets a count fall back by a tick now and then. */
function shareOf(
  what: 'steal' | 'idle',
  before: CpuTicks | undefined,
  after: CpuTicks | undefined,
): number | undefined {
  if (before === undefined || after === undefined || after.all <= before.all) return undefined
  return Math.min(Math.max((after[what] - before[what]) / (after.all - before.all), 0), 1)
}

function readTimeWait(read: ReadSystemFile): number | undefined {
  const count = /^TCP:.* tw (\d+)/m.exec(read('/proc/net/sockstat') ?? '')?.[1]
  return count === undefined ? undefined : Number(count)
}

function readLocalPorts(read: ReadSystemFile): number | undefined {
  const range = /^(\d+)\s+(\d+)/.exec(read('/proc/sys/net/ipv4/ip_local_port_range') ?? '')
  return range === null ? undefined : Number(range[2]) - Number(range[1]) + 1
}

function readSystemFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return undefined
  }
}
