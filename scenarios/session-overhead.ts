import { Agent, type IncomingMessage, get as nodeGet } from 'node:http'
import { defineScenario } from 'sessionbench'
import { Session } from 'sessionbench/session'
import { Agent as FetchAgent, fetch, Pool } from 'undici'

const path = '/bytes/1024'

export default defineScenario({
  question: 'What does Session cost beside the clients that it could be replaced by?',
  explain:
    'All arms send the same GET over kept connections and read the body as bytes; only the client differs. Session sits ' +
    "on undici's dispatch, so it should cost no more than undici's own request, cookies included; fetch and node:http do " +
    'more work for the same answer.',
  tags: ['regression'],
  workload: { model: 'closed', concurrency: 50 },
  primaryMetric: 'throughput',
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
  },
})
