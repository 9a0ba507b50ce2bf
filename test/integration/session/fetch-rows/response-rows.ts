import { asks, describeError, describeResponse, outcomeOf, type Row, row } from './row.ts'

const NO_BODY = [204, 205, 304]
const raw = (text: string) => `/raw?bytes=${encodeURIComponent(text)}`
const answer = (line: string) => raw(`HTTP/1.1 ${line}\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi`)

export const STATUS_ROWS: readonly Row[] = [
  ...[200, 201, 203, 206, 299, 400, 401, 404, 407, 418, 500, 599, ...NO_BODY].map((status) =>
    asks(`status ${status}`, `/status/${status}`),
  ),
  ...[200, 404, ...NO_BODY].map((status) =>
    asks(`HEAD, status ${status}`, `/status/${status}`, () => ({ method: 'HEAD' })),
  ),
  asks(
    'status 421',
    '/status/421',
    undefined,
    'an answer of the wrong server is returned, not asked for again on another connection',
  ),
  ...[
    '600 Six',
    '999 Odd',
    '200 caf\xe9',
    '200 caf\xc3\xa9',
    '200',
    '200 a\x01b',
    '99 Low',
    '1000 High',
    '200OK',
    'HTTP',
  ].map((line) => asks(`status line "${line}"`, answer(line))),
  asks('a reason of its own', '/status/200/Fine%20indeed'),
  asks('205 with content', raw('HTTP/1.1 205 Reset\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi')),
  asks('103 before', '/early/103'),
  asks('102 twice before', '/early/102/102'),
  asks('100 that nobody asked for', '/early/100', undefined, 'an interim answer is passed over (RFC 9110, 15.2)'),
  asks('101 that nobody asked for', raw('HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n')),
]

export const FIELD_ROWS: readonly Row[] = [
  asks('headers that come twice', '/headers?x-a=1&x-a=2&x-b=3&vary=a&vary=b'),
  row('Set-Cookie', async (fetch, { url }) => {
    const { headers } = await fetch(`${url}/headers?set-cookie=a%3D1&set-cookie=b%3D2`)
    return [headers.getSetCookie(), headers.get('set-cookie'), [...headers].filter(([name]) => name === 'set-cookie')]
  }),
  row(
    'cookies from one call to the next',
    async (fetch, place) => {
      await (await fetch(`${place.url}/headers?set-cookie=a%3D1`)).text()
      await (await fetch(place.url)).text()
      return place.seen().at(-1)?.headers.cookie
    },
    'the session keeps cookies',
  ),
  row('headers cannot be changed', async (fetch, { url }) => {
    const { headers } = await fetch(`${url}/headers?x-a=1`)
    const changes = [() => headers.set('x-a', '2'), () => headers.append('x-a', '2'), () => headers.delete('x-a')]
    return [await Promise.all(changes.map(async (change) => outcomeOf((async () => change())()))), headers.get('X-A')]
  }),
  row('headers as Headers', async (fetch, { url }) => {
    const { headers } = await fetch(`${url}/headers?x-b=2&x-a=1&set-cookie=a&set-cookie=b`)
    const names = ['x-a', 'x-b', 'set-cookie']
    const copy = new Headers(headers)
    return {
      is: headers instanceof Headers,
      has: [headers.has('X-B'), headers.has('x-c'), headers.get('x-c')],
      order: [...headers.keys()].filter((name) => names.includes(name)),
      copy: [...copy].filter(([name]) => names.includes(name)),
      tag: Object.prototype.toString.call(headers),
      bad: await outcomeOf((async () => headers.get('a b'))()),
    }
  }),
  asks('a header in Latin-1', '/headers?x-a=%C3%A9'),
  asks('an empty header', '/headers?x-a='),
  row('fields are read-only', async (fetch, { url }) => {
    const response = (await fetch(url)) as unknown as Record<string, unknown>
    return Promise.all(
      ['status', 'ok', 'url', 'type', 'headers', 'body', 'redirected', 'statusText', 'bodyUsed'].map((name) =>
        outcomeOf(
          (async () => {
            response[name] = 1
            return typeof response[name]
          })(),
        ),
      ),
    )
  }),
  row('a Response in every way', async (fetch, { url }) => {
    const response = await fetch(url)
    return [
      response instanceof Response,
      Object.prototype.toString.call(response),
      response.url === `${url}/`,
      'body' in response,
    ]
  }),
  row('a clone', async (fetch, { url }) => {
    const response = await fetch(`${url}/redirect/302?to=/status/404`)
    const copy = response.clone()
    const again = copy.clone()
    return [await describeResponse(response), await describeResponse(copy), await describeResponse(again)]
  }),
  row('a clone of what was read', async (fetch, { url }) => {
    const response = await fetch(url)
    await response.text()
    return outcomeOf((async () => response.clone().status)())
  }),
  row('a clone of what has no body', async (fetch, { url }) => {
    const response = await fetch(`${url}/status/204`)
    return [await describeResponse(response.clone()), await describeResponse(response)]
  }),
  row('a Response made of one', async (fetch, { url }) => {
    const response = await fetch(`${url}/status/404`)
    return describeResponse(new Response(response.body, response))
  }),
]

export const ERROR_ROWS: readonly Row[] = [
  asks('a reset before the answer', '/reset'),
  asks('an answer that is not HTTP', raw('hello\r\n\r\n')),
  asks('an end in the headers', raw('HTTP/1.1 200 OK\r\nX-A')),
  asks('headers that are too large', '/large/20000'),
  asks('two lengths', raw('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi')),
  row('nothing listens', async (fetch, { closed }) => {
    const error = (await fetch(closed).catch((error: unknown) => error)) as Error
    return { error: describeError(error), cause: error.cause instanceof Error }
  }),
  row(
    'what the cause is',
    async (fetch, { closed }) => {
      const error = (await fetch(closed).catch((error: unknown) => error)) as Error
      return (error.cause as { code?: unknown }).code
    },
    "the cause is the session's own error, whose cause is the network's",
  ),
  row('a name that does not resolve', async (fetch) => outcomeOf(fetch('http://does-not-exist.invalid/'))),
  row('https where http is spoken', async (fetch, { url }) => outcomeOf(fetch(url.replace('http', 'https')))),
  row('an error that nobody waits for is none', async (fetch, place) => {
    const response = await fetch(`${place.url}/broken/length`)
    await place.hungUp()
    return response.status
  }),
]
