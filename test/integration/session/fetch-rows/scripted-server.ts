import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { listen, type TestServer } from '../test-servers.ts'
import { type Place, type Seen, seenHeaders } from './row.ts'

export type ScriptedServer = AsyncDisposable & Place & { readonly forget: () => void }

const TEXT = 'text that is compressed '.repeat(20)

/** Two origins with one script, for whoever wants to see what clients make of it. */
export async function startScriptedServer(): Promise<ScriptedServer> {
  let seen: Seen[] = []
  let hungUp: Promise<string> = Promise.resolve('no request')
  let answered: Promise<void> = Promise.resolve()
  const places = { url: '', other: '', closed: '' }
  const listener: RequestListener = (request, reply) => {
    hungUp = closeOf(request.socket)
    answered = new Promise((resolve) => reply.once('finish', resolve))
    const chunks: Buffer[] = []
    request.on('error', () => {})
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      seen.push(describe(request, Buffer.concat(chunks)))
      answer(request, reply, places, Buffer.concat(chunks))
    })
  }
  const [first, second, third] = await Promise.all([1, 2, 3].map(() => listen(createServer(listener))))
  const servers = { first, second, third } as Record<'first' | 'second' | 'third', TestServer>
  await servers.third[Symbol.asyncDispose]()
  Object.assign(places, { url: servers.first.url, other: servers.second.url, closed: servers.third.url })
  return {
    ...places,
    seen: () => seen,
    hungUp: () => hungUp,
    answered: () => answered,
    forget: () => {
      seen = []
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([servers.first, servers.second].map((server) => server[Symbol.asyncDispose]()))
    },
  }
}

const closes = new WeakMap<Socket, Promise<string>>()

function closeOf(socket: Socket): Promise<string> {
  const known = closes.get(socket)
  if (known !== undefined) return known
  const close = new Promise<string>((resolve) => socket.once('close', () => resolve('hung up')))
  closes.set(socket, close)
  return close
}

function describe({ method = '', url = '', headers }: IncomingMessage, bytes: Buffer): Seen {
  const boundary = /^--(\S+)\r\n/.exec(bytes.toString())?.[1]
  const plain = (text: string) => (boundary === undefined ? text : text.replaceAll(boundary, 'BOUNDARY'))
  const shown = seenHeaders(headers)
  if (shown['content-type'] !== undefined) shown['content-type'] = plain(shown['content-type'])
  // The length depends on the boundary's.
  if (boundary !== undefined && shown['content-length'] !== undefined) shown['content-length'] = 'announced'
  return { method, url, headers: shown, body: plain(bytes.toString()) }
}

type Places = Pick<Place, 'url' | 'other' | 'closed'>

function answer(request: IncomingMessage, reply: ServerResponse, places: Places, body: Buffer): void {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://script')
  const words = pathname.split('/').slice(1)
  const script = SCRIPT[words[0] ?? '']
  if (script === undefined) reply.end('plain')
  else script({ request, reply, words: words.slice(1), query: searchParams, places, body })
}

type Scene = {
  readonly request: IncomingMessage
  readonly reply: ServerResponse
  readonly words: readonly string[]
  readonly query: URLSearchParams
  readonly places: Places
  readonly body: Buffer
}

const ENCODERS: Readonly<Record<string, (bytes: Buffer) => Buffer<ArrayBuffer>>> = {
  gzip: gzipSync,
  'x-gzip': gzipSync,
  deflate: deflateSync,
  raw: deflateRawSync,
  br: brotliCompressSync,
  zstd: zstdCompressSync,
}

function fillIn(location: string | null, { url, other, closed }: Places): string | undefined {
  const withUser = other.replace('//', '//user:pw@')
  return location
    ?.replaceAll('OTHER', other)
    .replaceAll('SELF', url)
    .replaceAll('CLOSED', closed)
    .replaceAll('USER', withUser)
    .replaceAll('BARE', other.replace('http:', ''))
}

/** What each first word of a path does. */
const SCRIPT: Readonly<Record<string, (scene: Scene) => void>> = {
  status({ reply, words: [status, text] }) {
    reply.writeHead(Number(status), text === undefined ? undefined : decodeURIComponent(text), {
      'content-type': 'text/plain',
    })
    reply.end(`status ${status}`)
  },
  /** Bytes as they are, and the end of the connection. */
  raw({ request, query }) {
    request.socket.end(Buffer.from(query.get('bytes') ?? '', 'latin1'))
  },
  redirect({ request, reply, words: [status], query, places }) {
    const to = query.get('to')
    const location = to === 'LOOP' ? request.url : fillIn(to, places)
    reply.writeHead(
      Number(status),
      location === undefined ? {} : { location: Buffer.from(location).toString('latin1') },
    )
    reply.end('the body of the redirect')
  },
  countdown({ reply, words: [left] }) {
    if (left === '0') reply.end('arrived')
    else reply.writeHead(302, { location: `/countdown/${Number(left) - 1}` }).end()
  },
  all({ request, reply }) {
    reply.end(JSON.stringify(request.headers))
  },
  headers({ reply, query }) {
    for (const [name, value] of query) reply.appendHeader(name, value)
    reply.end('headers')
  },
  echo({ reply, request, body }) {
    reply.setHeader('content-type', request.headers['content-type'] ?? 'text/plain')
    reply.end(body)
  },
  encoded({ reply, words, query }) {
    const names = (query.get('as') ?? words.join(',')).split(',')
    const bytes = words.reduce((all, word) => ENCODERS[word]?.(all) ?? all, Buffer.from(TEXT))
    const cut = Number(query.get('cut') ?? 0)
    reply.setHeader('content-encoding', names.join(', '))
    reply.end(cut === 0 ? bytes : bytes.subarray(0, -cut))
  },
  garbage({ reply, words: [encoding] }) {
    reply.setHeader('content-encoding', encoding ?? '')
    reply.end('this was never compressed')
  },
  large({ reply, words: [bytes] }) {
    reply.setHeader('x-large', 'x'.repeat(Number(bytes)))
    reply.end('large')
  },
  /** Never answers. */
  silent() {},
  /** Part of a body, and then nothing more. */
  drip({ reply }) {
    reply.write('first ')
  },
  /** Part of a body, and then no connection. */
  broken({ reply, words: [how] }) {
    if (how === 'length') reply.setHeader('content-length', 100)
    reply.write('first ', () => setImmediate(() => reply.destroy()))
  },
  reset({ request }) {
    request.socket.destroy()
  },
  early({ reply, words }) {
    for (const status of words) reply.socket?.write(`HTTP/1.1 ${status} Early\r\nX-Early: 1\r\n\r\n`)
    reply.end('late')
  },
  wasm({ reply }) {
    reply.setHeader('content-type', 'application/wasm')
    reply.end(Buffer.from([0, 97, 115, 109, 1, 0, 0, 0]))
  },
}
