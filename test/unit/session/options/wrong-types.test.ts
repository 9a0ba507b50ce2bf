import { Adapter, InvalidOption, Session, UsageError } from 'sessionbench/session'
import { describe, expect, it } from 'vitest'
import type { Transport } from '../../../../src/session/wire/transport.ts'

// Every option, given what none of its kind is: the error is one of usage, and nothing is sent.

const VALUES: Readonly<Record<string, unknown>> = {
  seven: 7,
  minus: -1,
  nan: Number.NaN,
  fraction: 1.5,
  empty: '',
  word: 'x',
  yes: true,
  no: false,
  nothing: null,
  list: [],
  numbers: [7],
  nulls: [null],
  bare: {},
  unknown: { a: 1 },
  function: () => {},
  symbol: Symbol('s'),
  date: new Date(),
  bigint: 10n,
  map: new Map(),
}

const ALL = Object.keys(VALUES)
const TEXT = ['empty', 'word']
const COUNT = ['seven']
const MS = ['seven', 'fraction']
const YES_OR_NO = ['yes', 'no']
const OBJECT = ['bare']
const PAIRS = ['list', 'bare', 'unknown', 'map']

/** What is accepted of each option, of a session and of a call; `undefined` always is. */
const BOTH: Readonly<Record<string, readonly string[]>> = {
  headers: PAIRS,
  params: [...TEXT, ...PAIRS],
  auth: ['nothing', 'function'],
  timeoutMs: [...MS, ...OBJECT],
  retry: [...COUNT, ...OBJECT],
  hooks: OBJECT,
  proxies: ['no', ...OBJECT],
  maxRedirects: COUNT,
  maxResponseBytes: COUNT,
  decompress: YES_OR_NO,
  raiseForStatus: YES_OR_NO,
}

const CONNECTION: Readonly<Record<string, readonly string[]>> = {
  ca: ['list'],
  cert: [],
  key: [],
  passphrase: TEXT,
  verify: YES_OR_NO,
  allowH2: YES_OR_NO,
  maxResponseHeaderBytes: COUNT,
}

const SESSION: Readonly<Record<string, readonly string[]>> = {
  ...BOTH,
  ...CONNECTION,
  baseUrl: [],
  cookies: [],
  trustEnv: YES_OR_NO,
  netrc: YES_OR_NO,
  pool: OBJECT,
  sensitiveHeaders: ['list'],
}

const CALL: Readonly<Record<string, readonly string[]>> = {
  ...BOTH,
  json: [
    'seven',
    'fraction',
    'minus',
    'nan',
    ...TEXT,
    ...YES_OR_NO,
    'nothing',
    'list',
    'numbers',
    'nulls',
    'date',
    ...OBJECT,
    'unknown',
  ],
  form: [...TEXT, ...PAIRS],
  multipart: PAIRS,
  body: [...TEXT, 'nothing'],
  cookies: OBJECT,
  signal: [],
  redirect: [],
}

const NESTED: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  proxies: { http: ['nothing'], https: ['nothing'], all: ['nothing'], 'https://h.test': ['nothing'] },
  timeoutMs: { connect: MS, headers: MS, body: MS, pool: MS, total: MS },
  retry: {
    total: [...COUNT, 'no'],
    connect: [...COUNT, 'no'],
    read: [...COUNT, 'no'],
    status: COUNT,
    redirect: COUNT,
    other: COUNT,
    backoffFactorMs: MS,
    backoffJitterMs: MS,
    backoffMaxMs: MS,
    statuses: ['list'],
    methods: ['list'],
    respectRetryAfter: YES_OR_NO,
    retryAfterMaxMs: MS,
    raiseOnStatus: YES_OR_NO,
  },
  hooks: {
    beforeRequest: ['function', 'list'],
    afterResponse: ['function', 'list'],
    beforeRedirect: ['function', 'list'],
    beforeRetry: ['function', 'list'],
  },
  pool: {
    connections: COUNT,
    pipelining: COUNT,
    keepAliveTimeoutMs: COUNT,
    maxOrigins: COUNT,
    maxRequestsPerConnection: COUNT,
    unreadBodyTimeoutMs: MS,
    block: YES_OR_NO,
  },
}

const nested = Object.entries(NESTED).flatMap(([outer, inner]) =>
  Object.entries(inner).map(([name, accepted]) => [outer, name, accepted] as const),
)

/** The names of the values that are taken; every other must be refused as wrong usage. */
async function taken(give: (value: unknown) => unknown, kind: new (...args: never) => Error = UsageError) {
  const names: string[] = []
  for (const name of ALL) {
    try {
      await give(VALUES[name])
      names.push(name)
    } catch (error) {
      expect(error, name).toBeInstanceOf(kind)
    }
  }
  return names.sort()
}

const sorted = (names: readonly string[]) => [...names].sort()

/** A session that answers everything itself. */
function offline(): { readonly session: Session; readonly sent: string[] } {
  const sent: string[] = []
  const body = {
    ended: true,
    read: async () => null,
    readAll: async () => [],
    drop: () => {},
    onSettled: (callback: () => void) => callback(),
  }
  const transport: Transport = {
    send: async ({ method }) => {
      sent.push(method)
      return { status: 200, statusText: '', headers: {}, body }
    },
    stats: () => ({ connectionsOpened: 0, requestsOnReused: 0, idle: 0, busy: 0, pending: 0 }),
    close: async () => {},
    destroy: async () => {},
  }
  const session = new Session()
  session.mount('http://', new Adapter({ transport }))
  return { session, sent }
}

describe('an option of the wrong type', () => {
  it.each(Object.entries(SESSION))('of a session is refused: %s', async (name, accepted) => {
    expect(await taken((value) => new Session({ [name]: value }), InvalidOption)).toEqual(sorted(accepted))
  })

  it.each(Object.entries(CALL))('of a call is refused: %s', async (name, accepted) => {
    const { session, sent } = offline()
    expect(await taken((value) => session.post('http://a.test/', { [name]: value }))).toEqual(sorted(accepted))
    expect(sent).toHaveLength(accepted.length)
  })

  it.each(nested)('is refused: %s.%s', async (outer, name, accepted) => {
    expect(await taken((value) => new Session({ [outer]: { [name]: value } }), InvalidOption)).toEqual(sorted(accepted))
  })

  it('of an adapter, or of what is mounted, is refused', async () => {
    const { session } = offline()
    expect(await taken((value) => new Adapter({ transport: value as never }), InvalidOption)).toEqual([])
    expect(await taken((value) => new Adapter({ proxies: value as never }), InvalidOption)).toEqual(['bare', 'no'])
    expect(await taken((value) => new Adapter(value as never), InvalidOption)).toEqual(OBJECT)
    expect(await taken((value) => session.mount('http://b.test', value as never), InvalidOption)).toEqual([])
  })

  it('is refused where options are, and where auth is set', async () => {
    const { session } = offline()
    expect(await taken((value) => new Session(value as never), InvalidOption)).toEqual(OBJECT)
    expect(await taken((value) => session.get('http://a.test/', value as never), InvalidOption)).toEqual(OBJECT)
    const set = (value: unknown) => {
      session.auth = value as never
    }
    expect(await taken(set, InvalidOption)).toEqual(['function', 'nothing'])
  })

  it('of many calls is refused', async () => {
    const { session } = offline()
    const all = (value: object) => session.all(['http://a.test/'], value as never)
    expect(await taken((value) => all(value as never), InvalidOption)).toEqual(OBJECT)
    expect(await taken((value) => all({ concurrency: value }), InvalidOption)).toEqual(COUNT)
    expect(await taken((value) => all({ read: value }), InvalidOption)).toEqual(['function'])
    expect(await taken((value) => all({ signal: value }), InvalidOption)).toEqual([])
    expect(await taken((value) => session.all(value as never))).toEqual(['empty', 'list', 'map'])
  })
})
