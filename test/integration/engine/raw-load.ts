import { prepareRequest } from '../../../src/engine/raw/prepare-requests.ts'
import type { PreparedLoad } from '../../../src/engine/raw/raw-load.ts'
import { makeConnector } from '../../../src/engine/raw/raw-socket.ts'

/** What a test wants sent; one connection and GET /bytes/100 where it does not say. */
export interface AskedLoad {
  readonly path?: `/${string}`
  readonly method?: 'GET' | 'POST' | 'HEAD'
  readonly body?: string
  readonly connections?: number
  readonly pipelining?: number
  readonly isPerRequest?: boolean
  readonly timeoutMs?: number
  readonly ca?: string
}

export function makeRawLoad(
  origin: string,
  { path = '/bytes/100', method = 'GET', body, ca, ...rest }: AskedLoad = {},
): PreparedLoad {
  const { hostname, port, protocol } = new URL(origin)
  const isPerRequest = rest.isPerRequest ?? false
  const described = { path, method, headers: {}, ...(body !== undefined && { body }) }
  const prepared = prepareRequest(described, { origin, isLast: isPerRequest })
  const tls = protocol === 'https:' ? { ca, servername: 'localhost', resumes: true } : undefined
  return {
    connect: makeConnector({ host: hostname, port: Number(port), ...(tls && { tls }) }),
    requestOf: () => prepared,
    ...{ connections: 1, pipelining: 1, timeoutMs: 5_000 },
    ...rest,
    isPerRequest,
  }
}
