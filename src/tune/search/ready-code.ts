import * as z from 'zod'

/** Settings of a client that were recommended; what was not varied is undefined and left at the client's own default. */
interface ClientSettings {
  readonly origin: string
  /** Connections to the origin at most. */
  readonly connections?: number | undefined
  /** Requests sent ahead on one connection; 1 is none. */
  readonly pipelining?: number | undefined
  readonly keepAliveTimeoutMs?: number | undefined
  readonly retries?: number | undefined
}

/** The settings in one client's own words. */
export const snippetSchema = z.strictObject({
  client: z.string(),
  language: z.enum(['ts', 'python']),
  code: z.string(),
  // What the client cannot be told.
  limits: z.array(z.string()),
})
type Snippet = z.infer<typeof snippetSchema>

/** Code to paste, for each client that people use: the same settings, as far as it has them. */
export function makeSnippets(settings: ClientSettings): Snippet[] {
  return [
    forSession(settings),
    forUndici(settings),
    forNodeHttp(settings),
    forRequests(settings),
    forHttpx(settings),
    forAiohttp(settings),
  ]
}

function forSession({ origin, connections, pipelining, keepAliveTimeoutMs, retries }: ClientSettings): Snippet {
  const pool = renderFields({ connections, pipelining: aboveOne(pipelining), keepAliveTimeoutMs })
  const fields = [`baseUrl: '${origin}'`, pool && `pool: { ${pool} }`, retries && `retry: ${retries}`]
  const code = `import { Session } from 'sessionbench/session'\n\nconst session = new Session({ ${joinTruthy(fields)} })`
  return { client: 'sessionbench Session', language: 'ts', code, limits: [] }
}

function forUndici({ connections, pipelining, keepAliveTimeoutMs, retries }: ClientSettings): Snippet {
  const options = renderFields({ connections, pipelining, keepAliveTimeout: keepAliveTimeoutMs })
  const agent = `new Agent({ ${options} })`.replace('{  }', '{}')
  const [names, dispatcher] = retries
    ? ['Agent, RetryAgent, setGlobalDispatcher', `new RetryAgent(${agent}, { maxRetries: ${retries} })`]
    : ['Agent, setGlobalDispatcher', agent]
  const code = `import { ${names} } from 'undici'\n\nsetGlobalDispatcher(${dispatcher})`
  return { client: 'undici', language: 'ts', code, limits: [] }
}

function forNodeHttp({ origin, connections, pipelining, keepAliveTimeoutMs, retries }: ClientSettings): Snippet {
  const client = `node:${schemeOf(origin)}`
  const options = joinTruthy([
    'keepAlive: true',
    renderFields({ maxSockets: connections, maxFreeSockets: connections, timeout: keepAliveTimeoutMs }),
  ])
  const code = `import { Agent } from '${client}'\n\nconst agent = new Agent({ ${options} })`
  return {
    client,
    language: 'ts',
    code,
    limits: [...noPipelining(pipelining), ...noRetries(retries)],
  }
}

function forRequests({ origin, connections, pipelining, keepAliveTimeoutMs, retries }: ClientSettings): Snippet {
  const options = joinTruthy([
    connections && `pool_maxsize=${connections}, pool_block=True`,
    retries && `max_retries=${retries}`,
  ])
  const code = [
    'import requests',
    'from requests.adapters import HTTPAdapter',
    '',
    'session = requests.Session()',
    `session.mount('${origin}', HTTPAdapter(${options}))`,
  ].join('\n')
  const limits = [...noPipelining(pipelining), ...noKeepAliveTimeout(keepAliveTimeoutMs)]
  return { client: 'requests', language: 'python', code, limits }
}

function forHttpx({ origin, connections, pipelining, keepAliveTimeoutMs, retries }: ClientSettings): Snippet {
  const options = joinTruthy([
    connections && `max_connections=${connections}, max_keepalive_connections=${connections}`,
    keepAliveTimeoutMs && `keepalive_expiry=${keepAliveTimeoutMs / 1_000}`,
  ])
  const limitsArgument = `httpx.Limits(${options})`
  // A transport of its own takes the limits itself; those of the client would be ignored beside it.
  const client = retries
    ? `transport=httpx.HTTPTransport(retries=${retries}, limits=${limitsArgument})`
    : `limits=${limitsArgument}`
  const code = `import httpx\n\nclient = httpx.Client(base_url='${origin}', ${client})`
  const retryLimit = retries ? ['retries only a connection that could not be opened'] : []
  return { client: 'httpx', language: 'python', code, limits: [...noPipelining(pipelining), ...retryLimit] }
}

function forAiohttp({ origin, connections, pipelining, keepAliveTimeoutMs, retries }: ClientSettings): Snippet {
  const options = joinTruthy([
    connections && `limit=${connections}, limit_per_host=${connections}`,
    keepAliveTimeoutMs && `keepalive_timeout=${keepAliveTimeoutMs / 1_000}`,
  ])
  const code = [
    'import aiohttp',
    '',
    '# inside a coroutine',
    `connector = aiohttp.TCPConnector(${options})`,
    `session = aiohttp.ClientSession('${origin}', connector=connector)`,
  ].join('\n')
  return { client: 'aiohttp', language: 'python', code, limits: [...noPipelining(pipelining), ...noRetries(retries)] }
}

function renderFields(fields: Readonly<Record<string, number | undefined>>): string {
  return joinTruthy(Object.entries(fields).map(([name, value]) => value !== undefined && `${name}: ${value}`))
}

function joinTruthy(parts: readonly (string | number | false | undefined)[]): string {
  return parts.filter(Boolean).join(', ')
}

function schemeOf(origin: string): 'http' | 'https' {
  return origin.startsWith('https:') ? 'https' : 'http'
}

function aboveOne(pipelining: number | undefined): number | undefined {
  return pipelining === 1 ? undefined : pipelining
}

function noPipelining(pipelining: number | undefined): string[] {
  return aboveOne(pipelining) === undefined ? [] : ['has no pipelining']
}

function noKeepAliveTimeout(keepAliveTimeoutMs: number | undefined): string[] {
  return keepAliveTimeoutMs === undefined ? [] : ['has no limit on how long an idle connection is kept']
}

function noRetries(retries: number | undefined): string[] {
  return retries ? ['does not try again by itself'] : []
}
