import type { ArmSummary } from '../sample/summarize-arm.ts'

/** Busier than this, an event loop is what sets the pace (measuring.md). */
export const saturatedLoop = 0.9

/** Whose event loop set the pace of a closed loop. */
export const saturations = ['client', 'server', 'client and server', 'neither'] as const
type Saturation = (typeof saturations)[number]

/** Who was saturated; undefined when the client was not, and of the server nothing is known. */
export function findSaturated({
  eventLoopUtilization,
  server,
}: Pick<ArmSummary, 'eventLoopUtilization' | 'server'>): Saturation | undefined {
  const isClient = eventLoopUtilization > saturatedLoop
  if (server === undefined) return isClient ? 'client' : undefined
  const isServer = server.eventLoopUtilization > saturatedLoop
  if (isClient) return isServer ? 'client and server' : 'client'
  return isServer ? 'server' : 'neither'
}
