import type { ArmResult, ComparisonResult } from '../document/model.ts'
import { formatShare } from '../words/format.ts'

/**
 * Whose event loop had no time left where load is as fast as it can be; an open loop's pace is given, and a function has no
 * server. It is said of event loops only: a server may be full of waiting, and have an idle one.
 */
export function renderSaturation({ workload, arms, blocks }: ComparisonResult): string[] {
  if (blocks.length === 0 || workload.model === 'open' || workload.model === 'micro') return []
  const found = arms.flatMap(({ saturated }) => saturated ?? [])
  const isOne = found.length === arms.length && new Set(found).size === 1
  const isTold = arms.every(({ server }) => server !== undefined)
  const unknown = isTold ? '' : " (the target's is not known)"
  const who = isOne ? `saturated event loop: ${found[0]}${unknown}; ` : 'event loop '
  return [`${who}busy: ${arms.map((arm) => describeArm(arm, isOne)).join('; ')}`]
}

function describeArm({ id, eventLoopUtilization, server, saturated }: ArmResult, isSaid: boolean): string {
  const serving = server === undefined ? '' : `, server ${formatShare(server.eventLoopUtilization)}`
  const who = isSaid || saturated === undefined ? '' : ` (saturated: ${saturated})`
  return `${id} client ${formatShare(eventLoopUtilization)}${serving}${who}`
}
