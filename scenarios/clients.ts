import { Agent, request as nodeRequest } from 'node:http'
import { defineScenario, type MakeVariant } from 'sessionbench'
import { get, Session } from 'sessionbench/session'
import { fetch, Pool, Agent as UndiciAgent } from 'undici'

const path = '/bytes/1024'

/** Clients that are not part of sessionbench take part where they are installed. */
const isInstalled = (name: string) => {
  try {
    return import.meta.resolve(name) !== undefined
  } catch {
    return false
  }
}

const always: Record<string, MakeVariant<Record<never, never>>> = {
  session: ({ target, concurrency: connections }) => {
    const session = new Session({ baseUrl: target.origin, pool: { connections } })
    return { run: (signal) => session.get(path, { signal }), close: () => session.close() }
  },
  'session-stateless':
    ({ target }) =>
    (signal) =>
      get(target.url(path), { signal }),
  'undici-request': ({ target, concurrency: connections }) => {
    const pool = new Pool(target.origin, { connections })
    const run = async (signal: AbortSignal) => (await pool.request({ path, method: 'GET', signal })).body.bytes()
    return { run, close: () => pool.close() }
  },
  'undici-fetch': ({ target, concurrency: connections }) => {
    const dispatcher = new UndiciAgent({ connections })
    return { run: (signal) => fetch(target.url(path), { dispatcher, signal }), close: () => dispatcher.close() }
  },
  'undici-fetch-stateless': ({ target }) => {
    // Without pipelining, undici's way to say that a connection is for one request.
    const dispatcher = new UndiciAgent({ pipelining: 0 })
    return { run: (signal) => fetch(target.url(path), { dispatcher, signal }), close: () => dispatcher.close() }
  },
  'node-http': ({ target, concurrency: maxSockets }) =>
    getByNode(target.url(path), new Agent({ keepAlive: true, maxSockets })),
  'node-http-stateless': ({ target }) => getByNode(target.url(path), new Agent({ keepAlive: false })),
}

const whereInstalled: Record<string, MakeVariant<Record<never, never>>> = {
  got: async ({ target, concurrency: maxSockets }) => {
    const { got } = await import('got')
    const agent = { http: new Agent({ keepAlive: true, maxSockets }) }
    const client = got.extend({ agent, retry: { limit: 0 } })
    const run = (signal: AbortSignal) => client(target.url(path), { signal }).buffer()
    return { run, close: () => agent.http.destroy() }
  },
  axios: async ({ target, concurrency: maxSockets }) => {
    const { default: axios } = await import('axios')
    const httpAgent = new Agent({ keepAlive: true, maxSockets })
    const client = axios.create({ httpAgent, responseType: 'arraybuffer', proxy: false })
    return {
      run: (signal) => client.get(target.url(path), { signal }).then(() => {}),
      close: () => httpAgent.destroy(),
    }
  },
  ky: async ({ target }) => {
    const { default: ky } = await import('ky')
    const client = ky.create({ retry: 0, timeout: false })
    return (signal) => client.get(target.url(path), { signal }).arrayBuffer()
  },
}

export default defineScenario({
  question: 'What do the HTTP clients of Node cost, kept and stateless?',
  explain:
    'All arms get the same kilobyte. Read the connections and the CPU time beside the latency: kept, the clients differ by ' +
    'the work they do per request; stateless, by what they do per connection, and the differences shrink. got, axios and ' +
    'ky take part where they are installed. Loopback hides the distance: over a network the stateless arms pay round ' +
    'trips as well.',
  tags: ['teaching', 'regression'],
  workload: { model: 'closed', concurrency: 50 },
  primaryMetric: 'cpuPerRequest',
  baseline: 'session',
  variants: {
    ...always,
    ...Object.fromEntries(Object.entries(whereInstalled).filter(([name]) => isInstalled(name))),
  },
  thresholds: [
    { variant: 'session', metric: 'connectionsPerRequest', max: 0.1 },
    { variant: 'session-stateless', metric: 'connectionsPerRequest', min: 1, max: 1 },
  ],
})

function getByNode(url: string, agent: Agent) {
  const run = (signal: AbortSignal) =>
    new Promise((resolve, reject) => {
      nodeRequest(url, { agent, signal }, resolve).on('error', reject).end()
    })
  return { run, close: () => agent.destroy() }
}
