import { Agent, type IncomingMessage, get as nodeGet } from 'node:http'
import { defineScenario, type MakeVariant } from 'sessionbench'
import { Session } from 'sessionbench/session'
import { Agent as FetchAgent, fetch, Pool } from 'undici'

const path = '/bytes/1024'

const isInstalled = (name: string) => {
  try {
    return import.meta.resolve(name) !== undefined
  } catch {
    return false
  }
}

/** Clients that are not part of sessionbench take part where they are installed. */
const others: Record<string, MakeVariant<Record<never, never>>> = {
  got: async ({ target, concurrency: maxSockets }) => {
    const { got } = await import('got')
    const http = new Agent({ keepAlive: true, maxSockets })
    const client = got.extend({ agent: { http }, retry: { limit: 0 } })
    return { run: (signal) => client(target.url(path), { signal }).buffer(), close: () => http.destroy() }
  },
  axios: async ({ target, concurrency: maxSockets }) => {
    const { default: axios } = await import('axios')
    const httpAgent = new Agent({ keepAlive: true, maxSockets })
    const client = axios.create({ httpAgent, responseType: 'arraybuffer', proxy: false })
    return { run: (signal) => client.get(target.url(path), { signal }), close: () => httpAgent.destroy() }
  },
}

export default defineScenario({
  question: 'What does Session cost beside the clients that it could be replaced by?',
  explain:
    'All arms send the same GET over kept connections and read the body as bytes; only the client differs. Session sits ' +
    "on undici's dispatch, so it should cost no more than undici's own request, cookies included; fetch and node:http do " +
    'more work for the same answer. The verdict is on CPU time: a client that leaves much garbage behind has it collected ' +
    'on a second core while there is one, and then its requests per second flatter it.',
  tags: ['regression'],
  workload: { model: 'closed', concurrency: 50 },
  primaryMetric: 'cpuPerRequest',
  baseline: 'undici-request',
  variants: {
    'undici-request': ({ target, concurrency }) => {
      const pool = new Pool(target.origin, { connections: concurrency })
      const run = async (signal: AbortSignal) => (await pool.request({ path, method: 'GET', signal })).body.bytes()
      return { run, close: () => pool.close() }
    },
    session: ({ target, concurrency }) => {
      const session = new Session({ baseUrl: target.origin, pool: { connections: concurrency } })
      return { run: (signal) => session.get(path, { signal }), close: () => session.close() }
    },
    'session-10-cookies': ({ target, concurrency }) => {
      const session = new Session({ baseUrl: target.origin, pool: { connections: concurrency } })
      for (let n = 0; n < 10; n++) session.cookies.set(`cookie${n}`, `value-${n}`, { url: target.origin })
      return { run: (signal) => session.get(path, { signal }), close: () => session.close() }
    },
    'undici-fetch': ({ target, concurrency }) => {
      const dispatcher = new FetchAgent({ connections: concurrency })
      return { run: (signal) => fetch(target.url(path), { dispatcher, signal }), close: () => dispatcher.close() }
    },
    'node-http': ({ target, concurrency }) => {
      const agent = new Agent({ keepAlive: true, maxSockets: concurrency })
      const run = (signal: AbortSignal) =>
        new Promise<IncomingMessage>((resolve, reject) => {
          nodeGet(target.url(path), { agent, signal }, resolve).on('error', reject)
        })
      return { run, close: () => agent.destroy() }
    },
    ...Object.fromEntries(Object.entries(others).filter(([name]) => isInstalled(name))),
  },
  thresholds: [
    { variant: 'session', metric: 'connectionsPerRequest', max: 0.1 },
    { variant: 'session', metric: 'errorRate', max: 0 },
  ],
})
