import type { Block } from '../sample/block.ts'
import { sumOf } from '../statistics/sum-of.ts'

type BlockLoad = Pick<Block, 'cpuIdleShare' | 'cpuStealShare' | 'cpuUserUs' | 'cpuSystemUs' | 'elapsedMs' | 'server'>

/**
 * The share of all CPUs' time, 0 to 1, that went to others than the arm and the fixture server while blocks ran: other
 * processes of this machine, and of the hypervisor's. Undefined where the system does not tell, or a server is not ours.
 */
export function othersShareOf(blocks: readonly BlockLoad[], cpuCount: number): number | undefined {
  const told = blocks.filter(({ cpuIdleShare, server }) => cpuIdleShare !== undefined && server !== undefined)
  const allMs = sumOf(told, ({ elapsedMs }) => elapsedMs * cpuCount)
  if (allMs === 0) return undefined
  const idleMs = sumOf(told, ({ cpuIdleShare = 0, elapsedMs }) => cpuIdleShare * elapsedMs * cpuCount)
  const ownUs = sumOf(told, (block) => cpuUs(block) + (block.server === undefined ? 0 : cpuUs(block.server)))
  return Math.min(1, Math.max(0, 1 - (idleMs + ownUs / 1_000) / allMs))
}

function cpuUs({ cpuUserUs, cpuSystemUs }: Pick<Block, 'cpuUserUs' | 'cpuSystemUs'>): number {
  return cpuUserUs + cpuSystemUs
}
