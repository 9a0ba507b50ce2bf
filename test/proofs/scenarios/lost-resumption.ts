import { defineScenario } from 'sessionbench'
import { buildConnector, Client } from 'undici'

/** A connection per request; the connector lives on, and with it what it could resume. */
function makeOneShot(origin: string, ca: string | undefined, maxCachedSessions: number) {
  const connect = buildConnector({ ...(ca && { ca }), allowH2: false, maxCachedSessions })
  return async (signal: AbortSignal) => {
    const client = new Client(origin, { connect })
    try {
      return await (await client.request({ path: '/get', method: 'GET', signal })).body.bytes()
    } finally {
      await client.close()
    }
  }
}

export default defineScenario({
  question: 'Is TLS resumption that is lost counted, and seen?',
  target: { protocol: 'https' },
  workload: { model: 'closed', concurrency: 2 },
  isolation: 'shared',
  baseline: 'resumed',
  variants: {
    resumed: ({ target }) => makeOneShot(target.origin, target.ca, 100),
    'resumption lost': ({ target }) => makeOneShot(target.origin, target.ca, 0),
  },
})
