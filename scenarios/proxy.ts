import { defineScenario } from 'sessionbench'
import { get, Session } from 'sessionbench/session'

export default defineScenario({
  question: 'What does a forward proxy cost, and what does a session save on the way through it?',
  explain:
    'Over http the proxy gets the whole URL and forwards the request; over https it is asked for a tunnel first (CONNECT), ' +
    "and the handshake with the server goes through it. A stateless call opens the proxy's connection, and the tunnel and " +
    'the handshake with it, for every request; a session keeps them. The price of the proxy itself, a second program on ' +
    'the way, stays.',
  tags: ['teaching', 'proxy'],
  target: { protocol: ['http', 'https'], proxies: true },
  workload: { model: 'closed', concurrency: 4 },
  baseline: 'direct-kept',
  variants: {
    'direct-kept': ({ target: { origin: baseUrl, ca } }) => getWith(new Session({ baseUrl, ca })),
    'proxy-kept': ({ target: { origin: baseUrl, ca, proxies } }) =>
      getWith(new Session({ baseUrl, ca, proxies: proxies.http })),
    'direct-per-call':
      ({ target: { url, ca } }) =>
      (signal) =>
        get(url('/get'), { ca, signal }),
    'proxy-per-call':
      ({ target: { url, ca, proxies } }) =>
      (signal) =>
        get(url('/get'), { ca, proxies: proxies.http, signal }),
  },
  expect: [
    { variant: 'proxy-kept', ratio: { min: 1.05 }, because: 'every byte passes one more program' },
    { variant: 'proxy-per-call', ratio: { min: 2 }, because: 'a connection to the proxy, and a tunnel, each time' },
  ],
  thresholds: [
    { variant: 'proxy-kept', metric: 'connectionsPerRequest', max: 0.1 },
    { variant: 'proxy-per-call', metric: 'connectionsPerRequest', min: 1 },
  ],
  isolation: 'shared',
  phases: true,
  budgetMs: 80_000,
})

function getWith(session: Session) {
  return { run: (signal: AbortSignal) => session.get('/get', { signal }), close: () => session.close() }
}
