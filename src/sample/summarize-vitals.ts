import { sumOf } from '../statistics/sum-of.ts'
import type { Block } from './block.ts'

/** How busy things were over all blocks of an arm; a field is absent where no block could tell. */
export interface VitalsSummary {
  readonly eventLoopDelayMaxUs?: number
  readonly cpuStealShare?: number
  /** The most after any block. */
  readonly timeWaitSockets?: number
  readonly localPorts?: number
  /** The bundled server's own. */
  readonly server?: { readonly cpuUsPerRequest: number; readonly eventLoopUtilization: number }
}

/** Takes the highest of what is a state, and the mean over time of what is a share. */
export function summarizeVitals(blocks: readonly Block[], requests: number): VitalsSummary {
  const eventLoopDelayMaxUs = highest(blocks.flatMap((block) => block.eventLoopDelayMaxUs ?? []))
  const cpuStealShare = stealShareOf(blocks)
  const timeWaitSockets = highest(blocks.flatMap((block) => block.timeWaitSockets ?? []))
  const localPorts = highest(blocks.flatMap((block) => block.localPorts ?? []))
  const server = summarizeServer(blocks, requests)
  return {
    ...(eventLoopDelayMaxUs !== undefined && { eventLoopDelayMaxUs }),
    ...(cpuStealShare !== undefined && { cpuStealShare }),
    ...(timeWaitSockets !== undefined && { timeWaitSockets }),
    ...(localPorts !== undefined && { localPorts }),
    ...(server !== undefined && { server }),
  }
}

/** The share of CPU time that others got over several blocks; undefined where none of them could tell. */
export function stealShareOf(blocks: readonly Pick<Block, 'cpuStealShare' | 'elapsedMs'>[]): number | undefined {
  return meanOverTime(
    blocks.flatMap(({ cpuStealShare, elapsedMs }) => (cpuStealShare === undefined ? [] : [[cpuStealShare, elapsedMs]])),
  )
}

function summarizeServer(blocks: readonly Block[], requests: number): VitalsSummary['server'] {
  const known = blocks.flatMap(({ server, elapsedMs }) => (server === undefined ? [] : [{ ...server, elapsedMs }]))
  const eventLoopUtilization = meanOverTime(known.map((server) => [server.eventLoopUtilization, server.elapsedMs]))
  if (eventLoopUtilization === undefined) return undefined
  const cpuUs = sumOf(known, ({ cpuUserUs, cpuSystemUs }) => cpuUserUs + cpuSystemUs)
  return { cpuUsPerRequest: requests === 0 ? 0 : cpuUs / requests, eventLoopUtilization }
}

function highest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.max(...values)
}

/** Of shares and the times that they are of. */
function meanOverTime(shares: readonly (readonly number[])[]): number | undefined {
  const time = sumOf(shares, ([, ms = 0]) => ms)
  return time === 0 ? undefined : sumOf(shares, ([share = 0, ms = 0]) => share * ms) / time
}
