import { answerTo, asks, type Row, row } from './row.ts'

const STATUSES = [300, 301, 302, 303, 304, 305, 306, 307, 308]
const to = (status: number, target = '/') => `/redirect/${status}?to=${encodeURIComponent(target)}`

function stream(): ReadableStream {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(Buffer.from('streamed'))
      controller.close()
    },
  })
}

export const REDIRECT_ROWS: readonly Row[] = [
  ...STATUSES.map((status) => asks(`GET, ${status}`, to(status))),
  ...[301, 302, 303, 307, 308].flatMap((status) => [
    asks(`HEAD, ${status}`, to(status), () => ({ method: 'HEAD' })),
    asks(`POST, ${status}: body and its headers`, to(status), () => ({
      method: 'POST',
      body: 'x',
      headers: { 'content-language': 'de', 'content-encoding': 'identity', 'content-type': 'a/b', 'x-own': '1' },
    })),
    asks(`PUT, ${status}`, to(status), () => ({ method: 'PUT', body: 'x' })),
    asks(`DELETE, ${status}`, to(status), () => ({ method: 'DELETE' })),
    asks(`a stream, ${status}`, to(status), () => ({ method: 'PUT', body: stream(), duplex: 'half' })),
    asks(`to another origin, ${status}`, to(status, 'OTHER/'), () => ({
      method: 'POST',
      body: 'x',
      headers: { authorization: 'X y', cookie: 'a=b', 'proxy-authorization': 'X z', 'x-own': '1' },
    })),
  ]),
  asks(
    'a streamed POST, 302',
    to(302),
    () => ({ method: 'POST', body: stream(), duplex: 'half' }),
    'the body is not needed again, so the redirect is followed',
  ),
  asks('a streamed POST, 303', to(303), () => ({ method: 'POST', body: stream(), duplex: 'half' })),
  asks('a Request of text, 307', to(307), undefined),
  row('a Request of text is sent again', (fetch, place) =>
    answerTo(fetch(new Request(place.url + to(307), { method: 'POST', body: 'again' })), place),
  ),
  row('a Request of a form is sent again', (fetch, place) =>
    answerTo(fetch(new Request(place.url + to(308), { method: 'POST', body: new URLSearchParams({ a: 'b' }) })), place),
  ),
  ...['follow', 'manual', 'error'].flatMap((redirect) => [
    asks(`redirect ${redirect}`, to(302), () => ({ redirect })),
    asks(`redirect ${redirect} of no redirect`, '/', () => ({ redirect })),
    asks(`redirect ${redirect} without Location`, '/redirect/302', () => ({ redirect })),
    asks(`redirect ${redirect} of 300`, to(300), () => ({ redirect })),
  ]),
  asks('redirect manual to another origin', to(302, 'OTHER/'), () => ({ redirect: 'manual' })),
  asks('an empty Location', to(302, ''), undefined, 'a Location without a URL leads nowhere: the answer is returned'),
  asks('a relative Location', to(302, '../deep/./page?q#f')),
  asks('a Location of a query only', to(302, '?q=1')),
  asks('a Location without a scheme', to(302, 'BARE/')),
  asks('a fragment is inherited, and not told', `${to(302)}#here`),
  asks('a Location with a fragment', `${to(302, '/#there')}#here`),
  asks('a Location in UTF-8', to(302, '/café?q=ü'), undefined),
  asks('a Location with blanks', to(302, ' /a b '), undefined, 'blanks around a Location are no part of it'),
  asks('a Location that is no URL', to(302, 'http://[')),
  asks('a Location of another scheme', to(302, 'ftp://127.0.0.1/')),
  asks('a Location of data', to(302, 'data:,x')),
  asks(
    'a Location with credentials',
    to(302, 'USER/'),
    undefined,
    'the credentials in a Location are left out, and the redirect is followed',
  ),
  asks('there and back', to(302, `OTHER${to(302, 'SELF/')}`), () => ({
    headers: { authorization: 'X y', 'x-own': '1' },
  })),
  asks('to another origin and on', to(302, `OTHER${to(302, '/')}`)),
  asks(
    'to another origin with an API key',
    to(302, 'OTHER/'),
    () => ({ headers: { 'x-api-key': '1' } }),
    'headers that hold secrets (sensitiveHeaders) stay behind too',
  ),
  asks('to another origin in mode same-origin', to(302, 'OTHER/'), () => ({ mode: 'same-origin' })),
  asks('to the same origin in mode same-origin', to(302), () => ({ mode: 'same-origin' })),
  asks(
    'to another origin in mode no-cors',
    to(302, 'OTHER/'),
    () => ({ mode: 'no-cors' }),
    'a session has no origin to keep an opaque answer from',
  ),
  asks('20 redirects', '/countdown/20'),
  row(
    'redirects without end',
    async (fetch, place) => {
      await fetch(`${place.url}${to(302)}`.replace(/to=.*/, 'to=LOOP')).catch(() => {})
      return place.seen().length
    },
    "maxRedirects is the session's, 30 by default; fetch gives up after 20",
  ),
]
