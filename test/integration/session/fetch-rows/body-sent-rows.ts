import { answerTo, asks, type Row, row } from './row.ts'

function streamOf(...chunks: unknown[]): ReadableStream {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    },
  })
}

async function* generated(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('one ')
  yield Buffer.from('two')
}

function formOf(...entries: (readonly [string, string | Blob, string?])[]): FormData {
  const form = new FormData()
  for (const [name, value, file] of entries) {
    if (typeof value === 'string') form.append(name, value)
    else if (file === undefined) form.append(name, value)
    else form.append(name, value, file)
  }
  return form
}

const bytes = () => Buffer.from('bytes')
const post =
  (body: () => unknown, rest: object = {}) =>
  () => ({ method: 'POST', body: body(), ...rest })

export const METHOD_ROWS: readonly Row[] = [
  asks('a plain GET', '/'),
  ...['get', 'post', 'put', 'delete', 'head', 'options', 'PATCH', 'patch', 'PROPFIND', 'propfind', 'QUERY', 'FOO'].map(
    (method) => asks(`method ${method}`, '/', () => ({ method })),
  ),
  ...['TRACE', 'connect', 'TRACK', 'GET X', '', 'GÉT'].map((method) =>
    asks(`method "${method}"`, '/', () => ({ method })),
  ),
  asks('a method that is no text', '/', () => ({ method: { toString: () => 'PUT' } })),
]

export const BODY_ROWS: readonly Row[] = [
  asks('POST without a body', '/', () => ({ method: 'POST' })),
  asks(
    'POST with a null body',
    '/',
    post(() => null),
  ),
  asks('DELETE without a body', '/', () => ({ method: 'DELETE' })),
  asks('DELETE with a body', '/', () => ({ method: 'DELETE', body: 'x' })),
  asks('GET with a body', '/', () => ({ body: 'x' })),
  asks('HEAD with a body', '/', () => ({ method: 'HEAD', body: 'x' })),
  asks(
    'text',
    '/',
    post(() => 'tëxt €'),
  ),
  asks(
    'empty text',
    '/',
    post(() => ''),
  ),
  asks(
    'text with half a character',
    '/',
    post(() => 'a\ud800b'),
  ),
  asks(
    'a number',
    '/',
    post(() => 42),
  ),
  asks(
    'an object',
    '/',
    post(() => ({ a: 1 })),
  ),
  asks('a Uint8Array', '/', post(bytes)),
  asks(
    'a part of a buffer',
    '/',
    post(() => bytes().subarray(1, 3)),
  ),
  asks(
    'an ArrayBuffer',
    '/',
    post(() => new Uint8Array([65, 66]).buffer),
  ),
  asks(
    'a DataView',
    '/',
    post(() => new DataView(new Uint8Array([65, 66, 67]).buffer, 1)),
  ),
  asks(
    'a Uint16Array',
    '/',
    post(() => new Uint16Array([0x4241])),
  ),
  asks(
    'shared memory',
    '/',
    post(() => new SharedArrayBuffer(3)),
  ),
  asks(
    'a Blob with a type',
    '/',
    post(() => new Blob(['blob'], { type: 'text/X' })),
  ),
  asks(
    'a Blob without a type',
    '/',
    post(() => new Blob(['blob'])),
  ),
  asks(
    'a File',
    '/',
    post(() => new File(['file'], 'a.csv', { type: 'text/csv' })),
  ),
  asks(
    'URLSearchParams',
    '/',
    post(() => new URLSearchParams({ a: '1 2', b: 'é' })),
  ),
  asks(
    'FormData of text',
    '/',
    post(() => formOf(['a', '1'], ['a', '2'], ['é"', 'x\ny'])),
  ),
  asks(
    'FormData with files',
    '/',
    post(() => formOf(['f', new Blob(['x'], { type: 'text/css' })], ['g', new Blob(['y']), 'n"é.txt'])),
  ),
  asks(
    'FormData with an explicit type',
    '/',
    post(() => formOf(['a', '1']), { headers: { 'content-type': 'multipart/form-data' } }),
  ),
  asks(
    'a body with an explicit type',
    '/',
    post(() => '{}', { headers: { 'Content-Type': 'application/json' } }),
  ),
  asks(
    'a stream',
    '/',
    post(() => streamOf(bytes(), bytes()), { duplex: 'half' }),
  ),
  asks(
    'a stream without duplex',
    '/',
    post(() => streamOf(bytes())),
  ),
  asks(
    'a stream that is empty',
    '/',
    post(() => streamOf(), { duplex: 'half' }),
  ),
  asks(
    'a stream of text',
    '/',
    post(() => streamOf('text'), { duplex: 'half' }),
  ),
  asks(
    'a stream of numbers',
    '/',
    post(() => streamOf(1), { duplex: 'half' }),
  ),
  asks(
    'a stream with duplex full',
    '/',
    post(() => streamOf(bytes()), { duplex: 'full' }),
  ),
  asks(
    'a stream that is locked',
    '/',
    post(() => lockedStream(), { duplex: 'half' }),
  ),
  asks(
    'a stream that fails',
    '/',
    post(() => failingStream(new Error('no more')), { duplex: 'half' }),
  ),
  asks(
    'a stream with keepalive',
    '/',
    post(() => streamOf(bytes()), { duplex: 'half', keepalive: true }),
  ),
  asks('an async generator', '/', post(generated, { duplex: 'half' })),
  asks(
    'a megabyte',
    '/',
    post(() => 'x'.repeat(2 ** 20)),
  ),
  row('bytes that change after the call', (fetch, place) => {
    const body = Buffer.from('before')
    const call = fetch(place.url, { method: 'POST', body })
    body.fill('x')
    return answerTo(call, place)
  }),
  row('a form that changes after the call', (fetch, place) => {
    const body = formOf(['a', '1'])
    const call = fetch(place.url, { method: 'POST', body })
    body.append('b', '2')
    return answerTo(call, place)
  }),
  row('a stream that fails after its first piece', (fetch, place) => {
    let pulls = 0
    const body = new ReadableStream({
      pull(controller) {
        pulls += 1
        if (pulls === 1) controller.enqueue(bytes())
        else controller.error(new Error('no more'))
      },
    })
    return answerTo(fetch(place.url, { method: 'POST', body, duplex: 'half' }), place)
  }),
]

function lockedStream(): ReadableStream {
  const stream = streamOf(bytes())
  stream.getReader()
  return stream
}

function failingStream(reason: unknown): ReadableStream {
  return new ReadableStream({
    pull(controller) {
      controller.error(reason)
    },
  })
}
