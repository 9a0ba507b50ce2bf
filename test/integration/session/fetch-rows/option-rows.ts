import { answerTo, asks, outcomeOf, type Row, row } from './row.ts'

const SESSION_HEADERS = 'the session introduces itself by its own User-Agent, Accept and Accept-Encoding'

export const HEADER_ROWS: readonly Row[] = [
  row(
    'what is sent by default',
    async (fetch, place) => {
      const kept: Record<string, unknown> = {}
      const names = ['user-agent', 'accept', 'accept-encoding', 'accept-language', 'sec-fetch-mode', 'connection']
      const response = await fetch(`${place.url}/all`)
      const all = (await response.json()) as Record<string, unknown>
      for (const name of names) kept[name] = all[name]
      return kept
    },
    SESSION_HEADERS,
  ),
  asks('headers as a record', '/', () => ({ headers: { 'X-A': ' 1\t', b: '2', c: 3 } })),
  asks('headers as a list', '/', () => ({
    headers: [
      ['x-a', '1'],
      ['X-A', '2'],
    ],
  })),
  asks('headers as Headers', '/', () => ({
    headers: new Headers([
      ['x-a', '1'],
      ['x-b', '2'],
    ]),
  })),
  asks('headers as a Map', '/', () => ({ headers: new Map([['x-a', '1']]) })),
  asks('a list whose items are no pairs', '/', () => ({ headers: [['a']] })),
  asks('headers that are text', '/', () => ({ headers: 'a: b' })),
  asks('a header name with a space', '/', () => ({ headers: { 'a b': '1' } })),
  asks('a header value with a line end', '/', () => ({ headers: { a: '1\r\nb: 2' } })),
  asks('a header value in Latin-1', '/', () => ({ headers: { 'x-a': 'é' } })),
  asks('a header value beyond Latin-1', '/', () => ({ headers: { 'x-a': '€' } })),
  asks('an empty header value', '/', () => ({ headers: { 'x-a': '' } })),
  asks('an Accept', '/', () => ({ headers: { accept: 'text/csv' } })),
  asks('a Cookie', '/', () => ({ headers: { cookie: 'a=b; c=d' } })),
  asks(
    'Set-Cookie in a request',
    '/',
    () => ({
      headers: [
        ['set-cookie', 'a'],
        ['set-cookie', 'b'],
      ],
    }),
    'a header that was given twice is sent twice, as with session.get',
  ),
  asks('an Authorization', '/', () => ({ headers: { authorization: 'X y' } })),
  asks('a Connection header', '/', () => ({ headers: { connection: 'close' } })),
  asks('an Upgrade header', '/', () => ({ headers: { upgrade: 'x' } })),
  asks('an Expect header', '/', () => ({ headers: { expect: '100-continue' } })),
  asks('a Transfer-Encoding header', '/', () => ({ headers: { 'transfer-encoding': 'chunked' } })),
  row(
    'a Host header',
    async (fetch, place) => {
      const response = await fetch(`${place.url}/all`, { headers: { host: 'elsewhere.test' } })
      return ((await response.json()) as { host: string }).host.replace(/:.*/, '')
    },
    'a Host given by hand is sent, as with session.get: it names a virtual host',
  ),
  row('User-Agent by hand', async (fetch, place) => {
    const response = await fetch(`${place.url}/all`, { headers: { 'user-agent': 'mine' } })
    return ((await response.json()) as Record<string, string>)['user-agent']
  }),
  row('Accept-Encoding of a Range', async (fetch, place) => {
    const response = await fetch(`${place.url}/all`, { headers: { range: 'bytes=0-1' } })
    return ((await response.json()) as Record<string, string>)['accept-encoding']
  }),
  row(
    'Accept-Encoding by hand with a Range',
    async (fetch, place) => {
      const response = await fetch(`${place.url}/all`, { headers: { range: 'bytes=0-1', 'accept-encoding': 'gzip' } })
      return ((await response.json()) as Record<string, string>)['accept-encoding']
    },
    'an Accept-Encoding given by hand is sent as it is, not with identity behind it',
  ),
]

export const OPTION_ROWS: readonly Row[] = [
  ...['default', 'no-store', 'reload', 'no-cache', 'force-cache', 'only-if-cached', 'sometimes'].map((cache) =>
    asks(`cache ${cache}`, '/', () => ({ cache })),
  ),
  asks('cache only-if-cached on the same origin', '/', () => ({ cache: 'only-if-cached', mode: 'same-origin' })),
  asks('cache no-store with a Cache-Control', '/', () => ({
    cache: 'no-store',
    headers: { 'cache-control': 'max-age=1' },
  })),
  asks('a conditional request', '/', () => ({ headers: { 'if-none-match': '"x"' } })),
  ...['cors', 'no-cors', 'same-origin', 'navigate', 'websocket', 'other'].map((mode) =>
    asks(`mode ${mode}`, '/', () => ({ mode })),
  ),
  asks('PUT in mode no-cors', '/', () => ({ mode: 'no-cors', method: 'PUT' })),
  ...['omit', 'same-origin', 'include', 'all'].map((credentials) =>
    asks(`credentials ${credentials}`, '/', () => ({ credentials })),
  ),
  ...['high', 'low', 'auto', 'higher'].map((priority) => asks(`priority ${priority}`, '/', () => ({ priority }))),
  asks('keepalive', '/', () => ({ keepalive: true, method: 'POST', body: 'x' })),
  asks(
    'a referrer',
    '/',
    ({ url }) => ({ referrer: `${url}/page?x#y` }),
    'no Referer is made of referrer: it is a header like others here',
  ),
  asks(
    'a referrer of another origin',
    '/',
    ({ other }) => ({ referrer: `${other}/page` }),
    'no Referer is made of referrer',
  ),
  asks('no referrer', '/', ({ url }) => ({ referrer: `${url}/page`, referrerPolicy: 'no-referrer' })),
  asks('a referrer that is no URL', '/', () => ({ referrer: 'http://[' })),
  asks('a referrerPolicy that is none', '/', () => ({ referrerPolicy: 'maybe' })),
  asks('window null', '/', () => ({ window: null })),
  asks('a window', '/', () => ({ window: {} })),
  asks('a redirect mode that is none', '/', () => ({ redirect: 'maybe' })),
  asks('a member that nobody knows', '/', () => ({ agent: {}, next: 1 })),
  row('a second argument that is text', (fetch, place) => answerTo(fetch(place.url, 'x' as never), place)),
  row('a second argument that is null', (fetch, place) => answerTo(fetch(place.url, null as never), place)),
  row('members that are inherited', (fetch, place) => {
    class Init {
      get method() {
        return 'PUT'
      }
    }
    return answerTo(fetch(place.url, new Init()), place)
  }),
  row('a promise, whatever is wrong', async (fetch) => {
    const calls = [() => fetch('http://['), () => fetch(undefined as never), () => (fetch as () => Promise<unknown>)()]
    return Promise.all(calls.map((call) => outcomeOf(call())))
  }),
  row(
    'a dispatcher',
    async (fetch, place) => {
      const dispatcher = {
        dispatch: () => {
          throw new Error('dispatched')
        },
      }
      return outcomeOf(fetch(place.url, { dispatcher } as never).then(({ status }) => status))
    },
    'a session has connections of its own and says so instead of going round a dispatcher',
  ),
]
