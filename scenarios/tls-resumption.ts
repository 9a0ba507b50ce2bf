import { Agent, type AgentOptions, get } from 'node:https'
import { defineScenario } from 'sessionbench'

export default defineScenario({
  question: 'What does TLS session resumption save, and what does keeping the connection save beside it?',
  explain:
    'A full handshake makes and checks signatures, which takes CPU on both sides. Resumption reuses the keys of an ' +
    'earlier connection: that CPU is saved, and with TLS 1.2 one of its two round trips. With TLS 1.3 the round ' +
    'trips stay: TCP, TLS, the request. Only a kept connection saves those too. All arms are node:https, which resumes ' +
    'by itself, when the server gives tickets and the Agent lives on; full is told to keep nothing to resume from.',
  tags: ['teaching', 'tls'],
  target: { protocol: 'https', rttMs: 5 },
  workload: { model: 'closed', concurrency: 4 },
  sweep: { tls: ['TLSv1.2', 'TLSv1.3'] },
  phases: true,
  baseline: 'full',
  variants: {
    full: ({ target, params }) =>
      getWith(target.url('/get'), { ca: target.ca, maxVersion: params.tls, maxCachedSessions: 0 }),
    resumed: ({ target, params }) => getWith(target.url('/get'), { ca: target.ca, maxVersion: params.tls }),
    kept: ({ target, params }) =>
      getWith(target.url('/get'), { ca: target.ca, maxVersion: params.tls, keepAlive: true }),
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
  budgetMs: 120_000,
})

/** Resolves to the response, which the harness reads to its end. */
function getWith(url: string, { ca, ...options }: Omit<AgentOptions, 'ca'> & { readonly ca: string | undefined }) {
  const agent = new Agent({ ...options, ...(ca !== undefined && { ca }) })
  const run = (signal: AbortSignal) =>
    new Promise((resolve, reject) => {
      get(url, { agent, signal }, resolve).on('error', reject)
    })
  return { run, close: () => agent.destroy() }
}
