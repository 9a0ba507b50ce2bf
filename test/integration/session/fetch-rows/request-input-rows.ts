import { answerTo, describeError, outcomeOf, type Row, row } from './row.ts'

const json = { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } }

export const REQUEST_ROWS: readonly Row[] = [
  row('a Request', (fetch, place) => answerTo(fetch(new Request(place.url, { headers: { 'x-a': '1' } })), place)),
  row('a Request of JSON', (fetch, place) => answerTo(fetch(new Request(place.url, json)), place)),
  row('a Request of nothing', (fetch, place) =>
    answerTo(fetch(new Request(place.url, { method: 'POST', body: '' })), place),
  ),
  row('a Request of bytes', (fetch, place) =>
    answerTo(fetch(new Request(place.url, { method: 'PUT', body: Buffer.from('b') })), place),
  ),
  row('a Request of a large text', (fetch, place) =>
    answerTo(fetch(new Request(place.url, { method: 'PUT', body: 'x'.repeat(3_000_000) })), place),
  ),
  row('a Request of form text', (fetch, place) => {
    const body = new FormData()
    body.set('a', '1')
    return answerTo(fetch(new Request(place.url, { method: 'POST', body })), place)
  }),
  row('a Request of a stream', (fetch, place) => {
    const body = new ReadableStream({
      async pull(controller) {
        controller.enqueue(Buffer.from('now, '))
        for (let n = 0; n < 5; n++) await new Promise((resolve) => setImmediate(resolve))
        controller.enqueue(Buffer.from('and later'))
        controller.close()
      },
    })
    return answerTo(fetch(new Request(place.url, { method: 'POST', body, duplex: 'half' })), place)
  }),
  row(
    'a Request of a stream that is in memory',
    (fetch, place) => {
      const body = new ReadableStream({
        start(controller) {
          controller.enqueue(Buffer.from('all of it'))
          controller.close()
        },
      })
      return answerTo(fetch(new Request(place.url, { method: 'POST', body, duplex: 'half' })), place)
    },
    'what comes to its end at once is sent with its length: a Request does not tell text from a stream',
  ),
  row('a Request of a Blob', async (fetch, place) => {
    const body = new Blob(['blob'], { type: 'a/b' })
    return answerTo(fetch(new Request(place.url, { method: 'POST', body })), place)
  }),
  row('a Request of a form with a file', (fetch, place) => {
    const body = new FormData()
    body.set('f', new Blob(['file']), 'n.txt')
    return answerTo(fetch(new Request(place.url, { method: 'POST', body })), place)
  }),
  row('a Request, and more', (fetch, place) =>
    answerTo(fetch(new Request(place.url, json), { method: 'PUT', headers: { 'x-b': '2' } }), place),
  ),
  row('a Request, and another body', (fetch, place) =>
    answerTo(fetch(new Request(place.url, json), { body: 'other' }), place),
  ),
  row('a Request, and GET', (fetch, place) => answerTo(fetch(new Request(place.url, json), { method: 'GET' }), place)),
  row('a Request in place of init', (fetch, place) =>
    answerTo(
      fetch(place.url, new Request('http://elsewhere.test/', { method: 'DELETE', headers: { 'x-a': '1' } })),
      place,
    ),
  ),
  row('a Request is used up at once', async (fetch, place) => {
    const request = new Request(place.url, json)
    const call = fetch(request)
    const used = request.bodyUsed
    await (await call).text()
    return { used, again: await outcomeOf(fetch(request)), seen: place.seen() }
  }),
  row('a Request without a body can be used again', async (fetch, place) => {
    const request = new Request(place.url)
    return [await answerTo(fetch(request), place), await answerTo(fetch(request), place)]
  }),
  row('a Request that is locked', (fetch, place) => {
    const request = new Request(place.url, json)
    request.body?.getReader()
    return answerTo(fetch(request), place)
  }),
  row('a Request and its clone', async (fetch, place) => {
    const request = new Request(place.url, json)
    const copy = request.clone()
    return [await answerTo(fetch(request), place), await answerTo(fetch(copy), place)]
  }),
  row('a URL', (fetch, place) => answerTo(fetch(new URL('/path', place.url)), place)),
  row('an object with toString', (fetch, place) => answerTo(fetch({ toString: () => place.url } as never), place)),
  row('a symbol', async (fetch) => outcomeOf(fetch(Symbol('x') as never))),
]

export const URL_ROWS: readonly Row[] = [
  ...[
    'data:,hello%20there',
    'data:text/html;base64,PGI+',
    'data:nonsense',
    'file:///etc/hostname',
    'about:blank',
    'ftp://127.0.0.1/',
    'javascript:1',
    'localhost:1/x',
    '/relative',
    '',
    'http://',
    'http://[',
    'http://127.0.0.1:99999/',
    'http://user@127.0.0.1:1/',
    'http://user:pw@127.0.0.1:1/',
    'blob:nodedata:00000000-0000-0000-0000-000000000000',
  ].map((url) => row(`URL "${url}"`, (fetch, place) => answerTo(fetch(url), place))),
  row('a blob: URL', async (fetch, place) => {
    const url = URL.createObjectURL(new Blob(['blob'], { type: 'a/b' }))
    const answers = [await answerTo(fetch(url), place), await outcomeOf(fetch(url, { method: 'POST' }))]
    URL.revokeObjectURL(url)
    return JSON.parse(JSON.stringify(answers).replaceAll(url, 'BLOB'))
  }),
  row('a data: URL in a Request', (fetch, place) => answerTo(fetch(new Request('data:text/x,y')), place)),
  ...['?', '?a=b#c', '/a/../b/./c', '/ä ö?ü=ß', '/%41%zz', '//double', '/a\\b', '/a\tb'].map((path) =>
    row(`path "${path}"`, (fetch, place) => answerTo(fetch(place.url + path), place)),
  ),
  row('blanks around', (fetch, place) => answerTo(fetch(` ${place.url}/x \n`), place)),
  row('upper case', (fetch, place) => answerTo(fetch(place.url.replace('http', 'HTTP')), place)),
  row(
    'a port that browsers refuse',
    async (fetch) => {
      const error = await fetch('http://127.0.0.1:6667/').catch((error: Error) => error)
      return { ...(describeError(error) as object), cause: ((error as Error).cause as { code?: string }).code }
    },
    'every port may be asked, as with session.get: it is no page that asks',
  ),
]
