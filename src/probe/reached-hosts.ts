import { normalizeHost } from '../../fixtures-server/is-loopback.ts'
import { type Destination, judgeDestination, type Reach } from '../plan/reach.ts'
import { makeRequestCap, type RequestCap } from './request-cap.ts'

/** A host beside this machine that clients have reached and may. */
interface ReachedHost {
  /** Another connection to it; returns what to do when that ends. */
  connect(): () => void
}

/** The hosts beside this machine that clients have reached, each with its caps. */
export interface ReachedHosts {
  /** Looks where something leads: to this machine (undefined), to a host that may be reached, or to one that may not, which stops the load. */
  admit(destination: Destination): ReachedHost | 'refused' | undefined
  /** Counts a request to a host that has been reached under this name; to any other it means nothing. */
  count(name: string): void
  /** Counts a request that another thread has sent to a host which it may reach. */
  countForThread(name: string): void
}

export interface ReachedHostsOptions extends Reach {
  readonly nowMs: () => number
  /** Told why no more load may be sent. */
  readonly onStop: (reason: string) => void
  /** Told of each request that counts, where another thread counts them. @default they are counted here */
  readonly onCount?: ((name: string) => void) | undefined
}

const mostAddresses = 1_000
/** Connections that are being closed are still there while others take their place. */
const connectionTolerance = 2

export function makeReachedHosts(options: ReachedHostsOptions): ReachedHosts {
  const { hosts, onStop, onCount, nowMs } = options
  // Almost every connection is to one of these, and where it leads says all of them.
  const ownAddresses = new Set<string>()
  const reached = new Map<string, CappedHost>()
  const know = (name: string) => {
    const known = reached.get(name) ?? makeCappedHost(name, options)
    reached.set(name, known)
    return known
  }
  const take = (name: string, { cap }: CappedHost) => {
    if (!cap.take(nowMs())) onStop(sayRate(name, 'requests', options))
  }
  return {
    admit(destination) {
      const { address } = destination
      if (address !== undefined && ownAddresses.has(address)) return undefined
      const verdict = judgeDestination(destination, hosts)
      if (verdict === 'own') {
        if (address !== undefined && ownAddresses.size < mostAddresses) ownAddresses.add(address)
        return undefined
      }
      if (verdict === 'refused') {
        onStop(sayRefused(destination))
        return 'refused'
      }
      return know(normalizeHost(destination.name ?? destination.address ?? '')).host
    },
    count(name) {
      if (reached.size === 0) return
      const host = normalizeHost(name)
      const known = reached.get(host)
      if (known === undefined) return
      if (onCount === undefined) take(host, known)
      else onCount(host)
    },
    countForThread(name) {
      take(name, know(name))
    },
  }
}

interface CappedHost {
  readonly host: ReachedHost
  readonly cap: RequestCap
}

function makeCappedHost(name: string, { nowMs, onStop, ...caps }: ReachedHostsOptions): CappedHost {
  let connections = 0
  // Of a client that nobody can count the requests of; one request for each connection is the least there may be.
  const opened = makeRequestCap(caps.maxRate)
  const connect = () => {
    connections++
    if (!opened.take(nowMs())) onStop(sayRate(name, 'connections', caps))
    if (connections > caps.maxConnections * connectionTolerance) onStop(sayConnections(name, connections, caps))
    return () => {
      connections--
    }
  }
  return { host: { connect }, cap: makeRequestCap(caps.maxRate) }
}

function sayRefused({ name, address }: Destination): string {
  const host = normalizeHost(name ?? address ?? '')
  const where =
    name === undefined || address === undefined || normalizeHost(address) === host ? host : `${host} (${address})`
  return `stopped: a client went to ${where}, which is neither this machine nor the target; add --allow-target ${host} if it is yours to load`
}

function sayRate(name: string, what: string, { maxRate }: Pick<Reach, 'maxRate'>): string {
  return `stopped: ${name} got more ${what} than the ${maxRate} per second that someone else's server gets; use --rate, or raise --max-rate`
}

function sayConnections(name: string, count: number, { maxConnections }: Pick<Reach, 'maxConnections'>): string {
  return `stopped: ${count} connections to ${name} at once are more than the ${maxConnections} that someone else's server gets; lower --concurrency, or raise --max-connections`
}
