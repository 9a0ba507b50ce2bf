import type { ClientHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import { isLoopback, normalizeHost } from '../../fixtures-server/is-loopback.ts'
import { makeReachedHosts, type ReachedHosts, type ReachedHostsOptions } from './reached-hosts.ts'
import { subscribeAll } from './subscribe-all.ts'
import { hearThreads } from './thread-reach.ts'

/** Where a socket leads, by the name that was looked up and the last address; a pipe leads nowhere but to this machine. */
interface Route {
  name: string | undefined
  address: string
  isPipe: boolean
  isCounted: boolean
  /** undici says what it sends, over HTTP/2 too. */
  isOfUndici: boolean
}

/** What the clients' channels say of a request. */
interface SentRequest {
  readonly method?: string
  readonly path?: string
  /** Of undici. */
  readonly origin?: string | URL
  /** Of node:http. */
  readonly host?: string
  readonly socket?: Socket
}

/**
 * Watches where the clients of this process go, whatever library takes them there: redirects, URLs of the scenario's own and
 * proxies lead elsewhere than the target. A connection to a host that may not be reached is given up before anything is
 * sent, and the caller told, once; so it is when one that may gets more than its caps. Returns the end of it.
 */
export function watchReach({ onStop, ...options }: ReachedHostsOptions): () => void {
  let isStopped = false
  const stop = (reason: string) => {
    if (!isStopped) onStop(reason)
    isStopped = true
  }
  const hosts = makeReachedHosts({ ...options, onStop: stop })
  const routes = makeRoutes(hosts.admit)
  const ends = [
    subscribeAll({
      'net.client.socket': ({ socket }: { socket: Socket }) => routes.follow(socket),
      ...makeRequestListeners(hosts, routes),
    }),
  ]
  if (options.onCount === undefined) ends.push(hearThreads({ onStop: stop, onCount: hosts.countForThread }))
  return () => {
    for (const end of ends) end()
  }
}

function makeRequestListeners(hosts: ReachedHosts, { routeOf }: Pick<ReturnType<typeof makeRoutes>, 'routeOf'>) {
  const foreignHostOf = makeForeignHosts()
  /** Looks at a request's host, unless it is the one that its connection leads to: proxies and tunnels lead on. */
  const follow = (name: string, socket: Socket | undefined) => {
    const route = socket && routeOf(socket)
    const isDirect = route?.isPipe || isNamed(route?.name, name) || isNamed(route?.address, name)
    if (!isDirect) hosts.admit({ name })
  }
  /** Looks at a host that a request names beside its own. */
  const admitBeyond = (request: SentRequest): boolean => {
    const name = leadsOnTo(request)
    if (name === undefined) return false
    hosts.admit({ name })
    hosts.count(name)
    return true
  }
  return {
    'undici:client:sendHeaders': ({ request, socket }: { request: SentRequest; socket?: Socket }) => {
      const name = foreignHostOf(String(request.origin), hostnameOf)
      if (admitBeyond(request) || name === undefined) return
      follow(name, socket)
      const route = socket && routeOf(socket)
      if (route) route.isOfUndici = true
      hosts.count(name)
    },
    'http2.client.stream.start': ({ stream }: { stream: ClientHttp2Stream }) => {
      const route = stream.session?.socket && routeOf(stream.session.socket)
      if (route && !route.isOfUndici) hosts.count(route.name ?? route.address)
    },
    'http.client.request.start': ({ request }: { request: SentRequest }) => {
      if (!admitBeyond(request)) hosts.count(request.host ?? '')
    },
    // Only now node:http tells over which connection the request went.
    'http.client.response.finish': ({ request }: { request: SentRequest }) => {
      const name = foreignHostOf(request.host ?? 'localhost')
      if (name !== undefined && leadsOnTo(request) === undefined) follow(name, request.socket)
    },
  }
}

function isNamed(host: string | undefined, name: string): boolean {
  return host !== undefined && normalizeHost(host) === name
}

/**
 * Looks at each address that a socket is about to connect to. Every connection of a stateless client goes through here: the
 * listeners are the same for all, and this machine's addresses are known by heart.
 */
function makeRoutes(admit: ReachedHosts['admit']) {
  // On the socket itself: a map of all that live costs a stateless client two µs more for each.
  const key = Symbol('route')
  const routeOf = (socket: Socket) => (socket as { [key]?: Route })[key]
  const isRefused = (socket: Socket, route: Route, address: string): boolean => {
    route.address = address
    const host = admit({ name: route.name, address })
    if (host === 'refused') return true
    if (host === undefined || route.isCounted) return false
    route.isCounted = true
    socket.once('close', host.connect())
    return false
  }
  function onLookup(this: Socket, error: Error | null, address: string, _family: unknown, name: string): void {
    const route = routeOf(this) as Route
    route.name = name
    if (error === null && isRefused(this, route, address)) giveUp(this)
  }
  function onAttempt(this: Socket, address: string, _port: number, family: number | undefined): void {
    const route = routeOf(this) as Route
    if (family === undefined) route.isPipe = true
    // Node goes on to use the socket, which must still be there.
    else if (isRefused(this, route, address)) process.nextTick(giveUp, this)
  }
  return {
    routeOf,
    follow(socket: Socket): void {
      const route: Route = { name: undefined, address: '', isPipe: false, isCounted: false, isOfUndici: false }
      Object.assign(socket, { [key]: route })
      socket.on('lookup', onLookup).on('connectionAttempt', onAttempt)
    },
  }
}

function giveUp(socket: Socket): void {
  socket.destroy(new Error('sessionbench does not let clients go there'))
}

/** Where a proxy is asked to go on to; undefined when it is not. */
function leadsOnTo({ method, path = '/' }: SentRequest): string | undefined {
  if (path.startsWith('/')) return undefined
  const url = method === 'CONNECT' ? `http://${path}` : path
  return URL.canParse(url) ? normalizeHost(new URL(url).hostname) : undefined
}

const mostKnown = 1_000

/** Tells the host that a text stands for, by itself or as the reader finds it; undefined when it is this machine by its name. */
function makeForeignHosts() {
  const knownHosts = new Map<string, string | undefined>()
  return (text: string, read = (host: string) => host): string | undefined => {
    const known = knownHosts.get(text)
    if (known !== undefined || knownHosts.has(text)) return known
    const host = read(text)
    const foreign = isLoopback(host) ? undefined : normalizeHost(host)
    if (knownHosts.size >= mostKnown) knownHosts.clear()
    knownHosts.set(text, foreign)
    return foreign
  }
}

function hostnameOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).hostname : 'localhost'
}
