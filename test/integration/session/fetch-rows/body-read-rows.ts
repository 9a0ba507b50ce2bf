import { hash } from 'node:crypto'
import { inspect } from 'node:util'
import { asks, outcomeOf, type Row, row } from './row.ts'

type Stream = ReadableStream<Uint8Array>
const type = (contentType: string) => ({ method: 'POST', headers: { 'content-type': contentType } })

export const READING_ROWS: readonly Row[] = [
  row('text twice', async (fetch, { url }) => {
    const response = await fetch(url)
    return [response.bodyUsed, await response.text(), response.bodyUsed, await outcomeOf(response.text())]
  }),
  row('the stream after the text', async (fetch, { url }) => {
    const response = await fetch(url)
    const text = await response.text()
    const { body } = response
    const read = await outcomeOf((async () => (body as Stream).getReader().read())())
    return [text, body === null, response.bodyUsed, read, await outcomeOf((async () => response.clone().status)())]
  }),
  row('the stream before the text', async (fetch, { url }) => {
    const response = await fetch(url)
    const { body } = response
    return [body?.locked, response.bodyUsed, await response.text(), response.bodyUsed, response.body === body]
  }),
  row('while the text is read', async (fetch, { url }) => {
    const response = await fetch(url)
    const text = response.text()
    const clone = await outcomeOf((async () => response.clone().status)())
    return [response.bodyUsed, response.body?.locked, clone, await outcomeOf(response.json()), await text]
  }),
  row('read in two ways', async (fetch, { url }) => {
    const response = await fetch(url)
    return [await response.arrayBuffer().then(Buffer.from).then(String), await outcomeOf(response.blob())]
  }),
  row('a clone that is read first', async (fetch, { url }) => {
    const response = await fetch(`${url}/encoded/gzip`)
    const copy = response.clone()
    return [await copy.text(), response.bodyUsed, copy.bodyUsed, (await response.arrayBuffer()).byteLength]
  }),
  row('a clone that is never read', async (fetch, { url }) => {
    const response = await fetch(url)
    response.clone()
    return response.text()
  }),
  row('text piece by piece', async (fetch, { url }) => {
    // Not in every version of Node.
    const response = (await fetch(url)) as unknown as { textStream?: () => ReadableStream<string> }
    const pieces: string[] = []
    for await (const piece of response.textStream?.() ?? []) pieces.push(piece)
    return pieces
  }),
  row('bytes of one’s own', async (fetch, { url }) => {
    const [one, two] = await Promise.all([1, 2].map(async () => (await fetch(url)).arrayBuffer()))
    new Uint8Array(one as ArrayBuffer).fill(0)
    return [Buffer.from(two as ArrayBuffer).toString(), one?.byteLength]
  }),
  row('printed', async (fetch, { url }) => inspect(await fetch(url)).replace(/Date: '.*'|date: '.*'/, '')),
  row('methods on their own', async (fetch, { url }) => {
    const { text } = await fetch(url)
    return outcomeOf((async () => text())())
  }),
  row('json', async (fetch, { url }) =>
    (await fetch(`${url}/echo`, { ...type('text/plain'), body: '\ufeff{"a":[1]}' })).json(),
  ),
  row('json that is none', async (fetch, { url }) => {
    const failed = await outcomeOf((await fetch(url)).json())
    return (failed as { failed: { name: string } }).failed.name
  }),
  row('json of nothing', async (fetch, { url }) => outcomeOf((await fetch(`${url}/status/204`)).json())),
  row('arrayBuffer', async (fetch, { url }) => {
    const buffer = await (await fetch(url)).arrayBuffer()
    return [buffer instanceof ArrayBuffer, Buffer.from(buffer).toString()]
  }),
  row('bytes', async (fetch, { url }) => {
    const bytes = await ((await fetch(url)) as unknown as { bytes(): Promise<Uint8Array> }).bytes()
    return [bytes.constructor.name, Buffer.from(bytes).toString()]
  }),
  ...['text/HTML; charset="x"', 'image/png', '', 'nonsense', 'a/b, c/d'].map((contentType) =>
    row(`the type of a blob of "${contentType}"`, async (fetch, { url }) => {
      const response = await fetch(`${url}/headers?content-type=${encodeURIComponent(contentType)}`)
      const blob = await response.blob()
      return [blob.type, blob.size, await blob.text()]
    }),
  ),
  row('formData of a form', async (fetch, { url }) => {
    const response = await fetch(`${url}/echo`, { method: 'POST', body: new URLSearchParams({ a: '1', b: 'é' }) })
    return [...(await response.formData())]
  }),
  row('formData of parts', async (fetch, { url }) => {
    const form = new FormData()
    form.set('a', '1')
    form.set('f', new Blob(['x'], { type: 'a/b' }), 'n.txt')
    const got = await (await fetch(`${url}/echo`, { method: 'POST', body: form })).formData()
    const file = got.get('f') as File
    return [got.get('a'), file.name, file.type, await file.text()]
  }),
  row('formData of text', async (fetch, { url }) => outcomeOf((await fetch(url)).formData())),
  row('text in Latin-1 is read as UTF-8', async (fetch, { url }) =>
    (await fetch(`${url}/echo`, { ...type('text/plain; charset=iso-8859-1'), body: Buffer.from([0xe9, 0x41]) })).text(),
  ),
  row('text in UTF-16 is read as UTF-8', async (fetch, { url }) =>
    (
      await fetch(`${url}/echo`, { ...type('text/plain'), body: Buffer.from([0xff, 0xfe, 0x41, 0x00, 0xe2, 0x82]) })
    ).text(),
  ),
  row('a mark before the text', async (fetch, { url }) =>
    (await fetch(`${url}/echo`, { ...type('text/plain'), body: '\ufeffx' })).text(),
  ),
  row('a body of no bytes', async (fetch, { url }) => {
    const response = await fetch(`${url}/echo`, { method: 'POST' })
    return [response.body === null, await response.text(), response.bodyUsed]
  }),
  row('a body that is locked', async (fetch, { url }) => {
    const response = await fetch(url)
    const reader = (response.body as Stream).getReader()
    const failed = await outcomeOf(response.text())
    reader.releaseLock()
    return [failed, await response.text()]
  }),
  row('read in pieces', async (fetch, { url }) => {
    const response = await fetch(`${url}/echo`, { ...type('a/b'), body: 'x'.repeat(300_000) })
    const kinds = new Set<string>()
    let length = 0
    for await (const piece of response.body as Stream) {
      kinds.add(Object.prototype.toString.call(piece) + (piece.constructor === Uint8Array))
      length += piece.length
    }
    return [...kinds, length, response.bodyUsed]
  }),
  row('read into memory of one’s own', async (fetch, { url }) => {
    const reader = ((await fetch(url)).body as Stream).getReader({ mode: 'byob' })
    const { value } = await reader.read(new Uint8Array(3))
    const second = await reader.read(new Uint8Array(100))
    const third = await reader.read(new Uint8Array(100))
    return [Buffer.from(value as Uint8Array).toString(), second.value?.length, third.done, third.value?.length]
  }),
  row('the same stream each time', async (fetch, { url }) => {
    const response = await fetch(url)
    return [new Set([response.body, response.body]).size, response.body?.locked]
  }),
  row('two branches', async (fetch, { url }) => {
    const [one, two] = ((await fetch(url)).body as Stream).tee()
    return Promise.all([new Response(one).text(), new Response(two).text()])
  }),
  row('through a transform', async (fetch, { url }) => {
    const response = await fetch(url)
    const pieces: string[] = []
    const text = (response.body as ReadableStream<Uint8Array<ArrayBuffer>>).pipeThrough(new TextDecoderStream())
    for await (const piece of text) pieces.push(piece)
    return [pieces.join(''), response.bodyUsed]
  }),
  row('cancelled', async (fetch, place) => {
    const response = await fetch(`${place.url}/drip`)
    const cancelled = await outcomeOf((response.body as Stream).cancel('no more'))
    return [cancelled, response.bodyUsed, await outcomeOf(response.text()), await place.hungUp()]
  }),
  row('cancelled while it is read', async (fetch, place) => {
    const reader = ((await fetch(`${place.url}/drip`)).body as Stream).getReader()
    await reader.read()
    const next = outcomeOf(reader.read())
    await reader.cancel()
    return [await next, await outcomeOf(reader.closed), await place.hungUp()]
  }),
  row('a loop that is left', async (fetch, place) => {
    const response = await fetch(`${place.url}/drip`)
    for await (const piece of response.body as Stream) {
      if (piece.length > 0) break
    }
    return [response.bodyUsed, await place.hungUp()]
  }),
  row('WebAssembly', async (fetch, { url }) => {
    // Not among the types of a library for servers.
    const { WebAssembly: wasm } = globalThis as unknown as { WebAssembly: { compileStreaming(from: unknown): unknown } }
    return String(await wasm.compileStreaming(fetch(`${url}/wasm`)))
  }),
  ...['length', 'chunked'].flatMap((how) => [
    row(`a body that breaks off (${how}), read as bytes`, async (fetch, { url }) => {
      const response = await fetch(`${url}/broken/${how}`)
      return [await outcomeOf(response.arrayBuffer()), response.bodyUsed, await outcomeOf(response.text())]
    }),
    row(`a body that breaks off (${how}), read as text`, async (fetch, { url }) =>
      outcomeOf((await fetch(`${url}/broken/${how}`)).text()),
    ),
    row(`a body that breaks off (${how}), read in pieces`, async (fetch, { url }) => {
      const reader = ((await fetch(`${url}/broken/${how}`)).body as Stream).getReader()
      const first = await reader.read()
      return [
        Buffer.from(first.value as Uint8Array).toString(),
        await outcomeOf(reader.read()),
        await outcomeOf(reader.closed),
      ]
    }),
  ]),
  row('the cause of a body that breaks off', async (fetch, { url }) => {
    const error = (await (await fetch(`${url}/broken/length`)).text().catch((error: unknown) => error)) as Error
    return error.cause instanceof Error
  }),
]

const HASHES = {
  sha256: 'sha256-oRbJ7UbWIHc0pDMX0w/Yj1KshjTDfZBLv05B2GX5BHU=',
  sha384: 'sha384-AtehaVs8GtDG4zEvzpW/0jRcb6ntDu8FzL+ZJygUMbo9nVlt32CVMuZ7oxwcl1fF',
  sha512: 'sha512-zN09qfKZ0Rt7CBzVPnscSx/q1ZRTI/cCJ0JKxvJiMU8m4p628jVm+HFVK02ykmfcEJHl7Ar5CaytDctctAmeKg==',
  wrong: 'sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
}
const sha = (integrity: string) => () => ({ integrity })

export const ENCODING_ROWS: readonly Row[] = [
  ...['gzip', 'x-gzip', 'deflate', 'br', 'zstd', 'gzip/br', 'br/deflate/gzip', 'identity'].map((path) =>
    asks(`encoded ${path}`, `/encoded/${path}`),
  ),
  asks('raw deflate', '/encoded/raw?as=deflate'),
  asks('GZIP in capitals', '/encoded/gzip?as=GZIP'),
  asks('an encoding that nobody knows', '/encoded/plain?as=compress'),
  asks('an encoding that nobody knows, and gzip', '/encoded/gzip?as=gzip,compress'),
  asks(
    'gzip, and identity',
    '/encoded/gzip?as=gzip,identity',
    undefined,
    'identity is no coding, and gzip is undone beside it',
  ),
  asks('five layers', '/encoded/gzip/gzip/gzip/gzip/gzip'),
  asks(
    'six layers',
    '/encoded/gzip/gzip/gzip/gzip/gzip/gzip',
    undefined,
    'reading the body fails, not the call: the headers can be seen',
  ),
  ...['gzip', 'deflate', 'br', 'zstd'].map((encoding) => asks(`not really ${encoding}`, `/garbage/${encoding}`)),
  ...['gzip', 'deflate', 'br'].map((encoding) =>
    asks(
      `${encoding} cut short`,
      `/encoded/${encoding}?cut=6`,
      undefined,
      'a part of a body is an error in any coding',
    ),
  ),
  asks('zstd cut short', '/encoded/zstd?cut=6'),
  asks('nothing, in gzip', '/headers?content-encoding=gzip', () => ({ method: 'HEAD' })),
  asks('no content', '/status/204'),
]

export const INTEGRITY_ROWS: readonly Row[] = [
  asks('integrity by sha256', '/', sha(HASHES.sha256)),
  asks('integrity by sha384', '/', sha(HASHES.sha384)),
  asks('integrity by sha512', '/', sha(HASHES.sha512)),
  asks('integrity that is wrong', '/', sha(HASHES.wrong)),
  asks('integrity in capitals', '/', sha(HASHES.sha256.replace('sha', 'SHA'))),
  asks(
    'integrity without padding, in the other alphabet',
    '/',
    sha(HASHES.sha256.replace('=', '').replaceAll('/', '_')),
  ),
  asks('integrity of either hash', '/', sha(`${HASHES.wrong} ${HASHES.sha256}`)),
  asks('integrity: the strongest counts', '/', sha(`${HASHES.sha256} ${HASHES.sha512.replace('z', 'a')}`)),
  asks('integrity: the strongest is right', '/', sha(`${HASHES.wrong} ${HASHES.sha512}`)),
  asks('integrity with an option', '/', sha(`${HASHES.sha256}?ct=text/plain`)),
  asks('integrity that nobody knows', '/', sha('md5-AAAA nonsense')),
  asks('integrity of nothing in particular', '/', sha('sha256')),
  asks('integrity of what has no body', '/status/204', sha(HASHES.sha256)),
  asks('integrity of HEAD', '/', () => ({ method: 'HEAD', integrity: HASHES.sha256 })),
  asks('integrity of what breaks off', '/broken/length', sha(HASHES.wrong)),
  asks('integrity after a redirect', '/redirect/302?to=/', sha(HASHES.sha256)),
  row('integrity of a compressed body', async (fetch, { url }) => {
    const bytes = Buffer.from(await (await fetch(`${url}/encoded/gzip`)).arrayBuffer())
    const integrity = `sha256-${hash('sha256', bytes, 'base64')}`
    return (await (await fetch(`${url}/encoded/gzip`, { integrity })).text()).length
  }),
  row('the integrity of a Request', async (fetch, { url }) =>
    outcomeOf(fetch(new Request(url, { integrity: HASHES.wrong })).then(({ status }) => status)),
  ),
]
