/** Where an arm's requests go, as far as chance has no say in it. */
export interface ExpectedArm {
  /** Requests of one iteration; `retried` where chance adds some to the first, `by chance` where it may leave some out. @default 1 */
  readonly requests?: number | 'retried' | 'by chance'
  /** Connections that carried them: one for each request, one for each iteration, or so many in all; `few` are kept. */
  readonly connections: 'per request' | 'per iteration' | 'few' | 'by chance' | number
  /** How often an iteration runs each of its named steps; `on a retry` once, if it was retried. @default it has none */
  readonly steps?: Readonly<Record<string, number | 'on a retry'>>
  /**
   * How handshakes begin where the target speaks TLS; `either` where a pool opens several connections, of which the later
   * ones may resume what the first has brought. @default 'full'
   */
  readonly handshakes?: 'full' | 'resumed' | 'either'
  /** Whether chance may fail an iteration. @default 'none' */
  readonly failures?: 'none' | 'by chance'
}

type Params = Readonly<Record<string, string | number | boolean>>

export interface ExpectedScenario {
  /** What makes it short, and its counts exact. */
  readonly args: readonly string[]
  /** Of one block. */
  readonly iterations: number
  /** By variant; by the sweep's values where they differ. */
  readonly variants: Readonly<Record<string, ExpectedArm | ((params: Params) => ExpectedArm)>>
}

const stateless: ExpectedArm = { connections: 'per request' }
const kept: ExpectedArm = { connections: 1 }
const retried: ExpectedArm = {
  connections: 1,
  requests: 'retried',
  failures: 'by chance',
  steps: { 'id came again': 'on a retry' },
}

/** One worker, so that a kept connection is one connection. */
function oneWorker(iterations: number, ...more: readonly string[]): Pick<ExpectedScenario, 'args' | 'iterations'> {
  return { iterations, args: ['--concurrency', '1', '--iterations', String(iterations), ...more] }
}

/** The scenario's own workers: as many connections as its pool has. */
function ownWorkers(iterations: number, ...more: readonly string[]): Pick<ExpectedScenario, 'args' | 'iterations'> {
  return { iterations, args: ['--iterations', String(iterations), ...more] }
}

/** What every bundled scenario of the client engine does on the wire, by the name of its file. */
export const catalogue: Readonly<Record<string, ExpectedScenario>> = {
  auth: {
    ...oneWorker(8, '--rtt', '0'),
    variants: {
      'digest-stateless': { ...stateless, requests: 2 },
      'digest-session': kept,
      'basic-stateless': stateless,
      'basic-session': kept,
      'bearer-session': kept,
    },
  },
  clients: {
    ...oneWorker(12, '--isolation', 'shared'),
    variants: {
      session: kept,
      'session-stateless': stateless,
      'undici-request': kept,
      'undici-fetch': kept,
      'undici-fetch-stateless': stateless,
      'node-http': kept,
      'node-http-stateless': stateless,
      got: kept,
      axios: kept,
      // Node's own fetch, whose pool nobody bounds: it may open one while another is about to be free.
      ky: { connections: 'few' },
    },
  },
  concurrency: {
    ...ownWorkers(5, '--rtt', '0'),
    variants: {
      'sequential-session': { ...kept, requests: 16 },
      'concurrent-stateless': { ...stateless, requests: 16 },
      'concurrent-session-4': { requests: 16, connections: 4 },
      'concurrent-session-16': { requests: 16, connections: 16 },
    },
  },
  'cookies-login': {
    ...oneWorker(12, '--rtt', '0'),
    variants: {
      'log-in-each-time': { ...stateless, requests: 2, steps: { login: 1, page: 1 } },
      'cookie-by-hand': { ...stateless, steps: { page: 1 } },
      session: { ...kept, steps: { page: 1 } },
    },
  },
  'geo-headers': {
    ...oneWorker(12, '--rtt', '0'),
    variants: {
      stateless: { ...stateless, requests: 3, steps: { de: 1, fr: 1, es: 1 } },
      'one-session': { ...kept, requests: 3, steps: { de: 1, fr: 1, es: 1 } },
      'session-per-country': { connections: 3, requests: 3, steps: { de: 1, fr: 1, es: 1 } },
    },
  },
  'headers-overhead': {
    ...oneWorker(12),
    variants: { 'session-defaults': kept, 'per-call-object': kept, 'per-call-rebuilt': kept },
  },
  http2: {
    // Long enough that work is left when the last of 32 handshakes is done: a pool drops a connection that nobody waits for.
    ...ownWorkers(3_200, '--rtt', '0'),
    variants: {
      'http1-pool-32': { connections: 32, handshakes: 'either' },
      'http1-pool-4': { connections: 4, handshakes: 'either' },
      'http2-one': kept,
    },
  },
  'keep-alive-timeout': {
    ...oneWorker(4),
    // Which request meets the close is a race: what may not happen is an error of a session.
    variants: {
      stateless,
      session: { connections: 'by chance', requests: 'retried' },
      'session-closing-first': { connections: 'by chance', requests: 'retried' },
      'bare-pool': { connections: 'by chance', requests: 'by chance', failures: 'by chance' },
    },
  },
  pipelining: { ...ownWorkers(24, '--rtt', '0'), variants: { session: kept } },
  'pool-size': {
    ...ownWorkers(64),
    variants: { session: ({ connections }) => ({ connections: Number(connections) }) },
  },
  proxy: {
    ...oneWorker(12),
    variants: { 'direct-kept': kept, 'proxy-kept': kept, 'direct-per-call': stateless, 'proxy-per-call': stateless },
  },
  'retry-settings': {
    ...oneWorker(10),
    variants: {
      none: { ...kept, failures: 'by chance' },
      'at-once': retried,
      'fixed-20ms': retried,
      'back-off': retried,
      'back-off-jitter': retried,
      'retry-after': retried,
    },
  },
  scraping: {
    ...ownWorkers(4, '--rtt', '0'),
    variants: {
      stateless: { ...stateless, requests: 16 },
      'stateless-all-at-once': { ...stateless, requests: 16 },
      session: { ...kept, requests: 16 },
      'session-4': { connections: 4, requests: 16 },
    },
  },
  'session-overhead': {
    ...oneWorker(12, '--isolation', 'shared'),
    variants: {
      'undici-request': kept,
      session: kept,
      'session-10-cookies': kept,
      'undici-fetch': kept,
      'node-http': kept,
      got: kept,
      axios: kept,
    },
  },
  'stateless-vs-session': {
    ...oneWorker(12, '--rtt', '0'),
    variants: { stateless, session: kept },
  },
  'ten-requests': {
    ...oneWorker(4, '--rtt', '0'),
    variants: {
      stateless: ({ requests }) => ({ ...stateless, requests: Number(requests) }),
      session: ({ requests }) => ({ connections: 'per iteration', requests: Number(requests) }),
    },
  },
  timeouts: {
    ...oneWorker(10),
    // Every time-out costs the connection, and a busy machine may be late by itself.
    variants: {
      none: kept,
      'connect-60ms': kept,
      'headers-60ms': { connections: 'by chance', failures: 'by chance' },
      'headers-60ms-retry': { connections: 'by chance', requests: 'retried', failures: 'by chance' },
      'total-150ms-retry': { connections: 'by chance', requests: 'retried', failures: 'by chance' },
    },
  },
  'token-api': {
    ...oneWorker(6, '--rtt', '0'),
    variants: {
      stateless: { ...stateless, requests: 4, steps: { token: 1, page: 3 } },
      'session-per-job': { connections: 'per iteration', requests: 4, steps: { token: 1, page: 3 } },
      session: { ...kept, requests: 3, steps: { page: 3 } },
    },
  },
  'tls-resumption': {
    ...oneWorker(8, '--rtt', '0'),
    variants: { full: stateless, resumed: { ...stateless, handshakes: 'resumed' }, kept },
  },
}

/** Those of the other engines, whose counts test/e2e/engines.test.ts looks at. */
export const ofOtherEngines = ['server-capacity', 'session-parts']
