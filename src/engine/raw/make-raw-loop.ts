import { isIP } from 'node:net'
import type { LoadedFeed } from '../../scenario/load-feed.ts'
import type { ResolvedRawLoad } from '../../scenario/raw-load.ts'
import type { Target } from '../../scenario/scenario-parts.ts'
import { defined } from '../../session/defined.ts'
import type { OwnLoop } from '../run-block.ts'
import { prepareCycle } from './prepare-requests.ts'
import { makeConnector } from './raw-socket.ts'
import { runRawClosed } from './run-raw-closed.ts'
import { runRawOpen } from './run-raw-open.ts'

interface RawLoopOptions {
  readonly target: Target
  readonly timeoutMs: number
  readonly feed: LoadedFeed | undefined
  readonly rowOf: (index: number) => unknown
  /** That share the load. */
  readonly processes: number
}

/** Lays everything down that an arm sends. Throws BenchError where that cannot be. */
export function makeRawLoop(
  { requests, connections, pipelining, connectionPer, handshakes }: ResolvedRawLoad,
  { target, timeoutMs, feed, rowOf, processes }: RawLoopOptions,
): OwnLoop {
  const { ca, verify, headers = {} } = target.access
  const { hostname, port, protocol, pathname } = new URL(target.origin)
  const isTls = protocol === 'https:'
  const host = hostname.replace(/^\[|\]$/g, '')
  const connect = makeConnector({
    host,
    port: Number(port || (isTls ? 443 : 80)),
    ...(isTls && {
      tls: {
        ...defined({ ca, rejectUnauthorized: verify, servername: isIP(host) === 0 ? host : undefined }),
        resumes: handshakes === 'resumed',
      },
    }),
  })
  const isPerRequest = connectionPer === 'request'
  // An external target may have a path that all of its URLs begin with.
  const base = pathname.replace(/\/$/, '')
  const own = requests.map((request) => ({
    ...request,
    path: `${base}${request.path}` as `/${string}`,
  }))
  const requestOf = prepareCycle(own, { origin: target.origin, isLast: isPerRequest, headers, feed, rowOf, processes })
  const load = { connect, requestOf, connections, pipelining, isPerRequest, timeoutMs }
  return (window) =>
    window.schedule === undefined ? runRawClosed(load, window) : runRawOpen(load, window.schedule, window)
}
