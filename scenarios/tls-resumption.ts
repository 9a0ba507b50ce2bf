import { defineScenario } from 'sessionbench'
import { buildConnector, Client, Pool } from 'undici'

const path = '/get'

export default defineScenario({
  question: 'What does TLS session resumption save, and what does keeping the connection save beside it?',
  explain:
    'A full handshake makes and checks signatures: milliseconds of CPU on both sides. Resumption reuses the keys of an ' +
    'earlier connection: most of that CPU is saved, and with TLS 1.2 one of its two round trips. With TLS 1.3 the round ' +
    'trips stay: TCP, TLS, the request. Only a kept connection saves those too. (undici and node:https resume by ' +
    'themselves where the server gives tickets; a client with a new connector each time does not.)',
  tags: ['teaching', 'tls'],
  target: { protocol: 'https', rttMs: 5 },
  workload: { model: 'closed', concurrency: 4 },
  sweep: { tls: ['TLSv1.2', 'TLSv1.3'] },
  baseline: 'full',
  variants: {
    full: ({ target, params }) =>
      makeOneShot(target.origin, { ca: target.ca, maxVersion: params.tls, maxCachedSessions: 0 }),
    resumed: ({ target, params }) => makeOneShot(target.origin, { ca: target.ca, maxVersion: params.tls }),
    kept: ({ target, params, concurrency: connections }) => {
      const connect = buildConnector({ ...(target.ca && { ca: target.ca }), maxVersion: params.tls, allowH2: false })
      const pool = new Pool(target.origin, { connections, connect })
      const run = async (signal: AbortSignal) => (await pool.request({ path, method: 'GET', signal })).body.bytes()
      return { run, close: () => pool.close() }
    },
  },
  expect: [
    { variant: 'resumed', metric: 'cpuPerRequest', ratio: { max: 0.9 }, because: 'no signatures are made or checked' },
    { variant: 'resumed', params: { tls: 'TLSv1.2' }, ratio: { max: 0.85 }, because: '3 round trips instead of 4' },
    { variant: 'kept', params: { tls: 'TLSv1.2' }, ratio: { max: 0.3 }, because: '1 round trip instead of 4' },
    { variant: 'kept', params: { tls: 'TLSv1.3' }, ratio: { max: 0.4 }, because: '1 round trip instead of 3' },
  ],
  thresholds: [
    { variant: 'full', metric: 'handshakesPerRequest', min: 1, max: 1 },
    { variant: 'resumed', metric: 'handshakesPerRequest', min: 1, max: 1 },
    { variant: 'kept', metric: 'handshakesPerRequest', max: 0.1 },
  ],
  isolation: 'shared',
  phases: true,
  budgetMs: 60_000,
})

interface ConnectorOptions {
  readonly ca: string | undefined
  readonly maxVersion: 'TLSv1.2' | 'TLSv1.3'
  /** 0: nothing is kept to resume from. */
  readonly maxCachedSessions?: number
}

/** A connection per request; the connector, and with it what it could resume, lives on. */
function makeOneShot(origin: string, { ca, ...options }: ConnectorOptions) {
  const connect = buildConnector({ ...options, ...(ca && { ca }), allowH2: false })
  return async (signal: AbortSignal) => {
    const client = new Client(origin, { connect })
    try {
      return await (await client.request({ path, method: 'GET', signal })).body.bytes()
    } finally {
      await client.close()
    }
  }
}
