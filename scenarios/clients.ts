import { Agent, request as nodeRequest } from 'node:http'
import { defineScenario, type MakeVariant } from 'sessionbench'
import { get, Session } from 'sessionbench/session'
import { fetch, Pool, Agent as UndiciAgent } from 'undici'

const path = '/bytes/1024'

const getByNode = (url: string, agent: Agent) => ({
  run: (signal: AbortSignal) =>
    new Promise((resolve, reject) => nodeRequest(url, { agent, signal }, resolve).on('error', reject).end()),
  close: () => agent.destroy(),
})

const getByFetch = (url: string, dispatcher: UndiciAgent) => ({
  run: (signal: AbortSignal) => fetch(url, { dispatcher, signal }),
  close: () => dispatcher.close(),
})

const always: Record<string, MakeVariant<Record<never, never>>> = {
  session: ({ target, concurrency: connections }) => {
    const session = new Session({ baseUrl: target.origin, pool: { connections } })
    return { run: (signal) => session.get(path, { signal }), close: () => session.close() }
  },
  'session-stateless': (context) => (signal) => get(context.target.url(path), { signal }),
  'undici-request': ({ target, concurrency: connections }) => {
    const pool = new Pool(target.origin, { connections })
    const run = async (signal: AbortSignal) => (await pool.request({ path, method: 'GET', signal })).body.bytes()
    return { run, close: () => pool.close() }
  },
  'undici-fetch': (context) =>
    getByFetch(context.target.url(path), new UndiciAgent({ connections: context.concurrency })),
  // Without pipelining, undici's way to say that a connection is for one request.
  'undici-fetch-stateless': (context) => getByFetch(context.target.url(path), new UndiciAgent({ pipelining: 0 })),
  'node-http': (context) =>
    getByNode(context.target.url(path), new Agent({ keepAlive: true, maxSockets: context.concurrency })),
  'node-http-stateless': (context) => getByNode(context.target.url(path), new Agent({ keepAlive: false })),
}

const whereInstalled: Record<string, MakeVariant<Record<never, never>>> = {
  got: async ({ target, concurrency: maxSockets }) => {
    const http = new Agent({ keepAlive: true, maxSockets })
    const client = (await import('got')).got.extend({ agent: { http }, retry: { limit: 0 } })
    return { run: (signal) => client(target.url(path), { signal }).buffer(), close: () => http.destroy() }
  },
  axios: async ({ target, concurrency: maxSockets }) => {
    const httpAgent = new Agent({ keepAlive: true, maxSockets })
    const client = (await import('axios')).default.create({ httpAgent, responseType: 'arraybuffer', proxy: false })
    return { run: (signal) => client.get(target.url(path), { signal }), close: () => httpAgent.destroy() }
  },
  ky: async ({ target }) => {
    const client = (await import('ky')).default.create({ retry: 0, timeout: false })
    return (signal) => client.get(target.url(path), { signal }).arrayBuffer()
  },
}

const installed = Object.entries(whereInstalled).filter(([name]) => {
  try {
    return import.meta.resolve(name) !== undefined
  } catch {
    return false
  }
})

export default defineScenario({
  question: 'What do the HTTP clients of Node cost, kept and stateless?',
  explain:
    'All arms get the same kilobyte. Read the connections and the CPU time beside the latency: kept, the clients differ by ' +
    'the work they do per request; stateless, by what they do per connection, and the differences shrink. got, axios and ' +
    'ky take part where they are installed. Over a network the stateless arms pay round trips as well.',
  tags: ['teaching', 'regression'],
  workload: { model: 'closed', concurrency: 50 },
  primaryMetric: 'cpuPerRequest',
  baseline: 'session',
  variants: { ...always, ...Object.fromEntries(installed) },
  thresholds: [
    { variant: 'session', metric: 'connectionsPerRequest', max: 0.1 },
    { variant: 'session-stateless', metric: 'connectionsPerRequest', min: 1, max: 1 },
  ],
})
