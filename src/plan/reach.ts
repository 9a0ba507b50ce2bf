import { isLoopback, normalizeHost } from '../../fixtures-server/is-loopback.ts'
import { capDefaults } from '../scenario/cap-defaults.ts'
import type { Options } from '../scenario/options.ts'

/** Where clients may go beside this machine and their target, and how much each such host gets at most. */
export interface Reach {
  /** By name or address. */
  readonly hosts: readonly string[]
  /** Requests per second. */
  readonly maxRate: number
  readonly maxConnections: number
}

/** This machine, and nothing else. */
export const noReach: Reach = Object.freeze({
  hosts: [],
  maxRate: capDefaults.maxRate,
  maxConnections: capDefaults.maxConnections,
})

/** The hosts that the user allowed, and the caps that hold for every server which is somebody else's. */
export function makeReach(options: Pick<Options, 'allowedHosts' | 'maxRate' | 'maxConnections'>): Reach {
  const { allowedHosts: hosts = [], maxRate = noReach.maxRate, maxConnections = noReach.maxConnections } = options
  return { hosts, maxRate, maxConnections }
}

/** Where something leads: a name, the address that it was looked up to, or both. Through a proxy there is only a name. */
export interface Destination {
  readonly name?: string | undefined
  readonly address?: string | undefined
}

/**
 * Whether a client may go there: to this machine as it likes, to an allowed host within its caps, nowhere else. What counts is
 * where a connection leads and not what it is called; a host that is allowed by its name is so at each of its addresses.
 */
export function judgeDestination(
  { name, address }: Destination,
  allowedHosts: readonly string[],
): 'own' | 'allowed' | 'refused' {
  const reached = address ?? name
  if (reached !== undefined && isLoopback(reached)) return 'own'
  const allowed = allowedHosts.map(normalizeHost)
  const isAllowed = [name, address].some((host) => host !== undefined && allowed.includes(normalizeHost(host)))
  return isAllowed ? 'allowed' : 'refused'
}
