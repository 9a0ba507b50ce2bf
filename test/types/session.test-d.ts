import { createReadStream } from 'node:fs'
import {
  Adapter,
  type Auth,
  digest,
  get,
  type HttpResponse,
  type RequestOptions,
  type ResponsePromise,
  request,
  Session,
  type SessionOptions,
  StatusError,
} from 'sessionbench/session'

// Compiled, never run: each @ts-expect-error fails the type check when the line below it compiles.
export async function rightUses(): Promise<void> {
  await using session = new Session({
    baseUrl: new URL('http://h'),
    timeoutMs: { connect: 1 },
    retry: 3,
    ca: undefined,
  })
  const response: HttpResponse = await session.get('/', { params: { a: 1, b: ['x', 'y'], c: null, d: undefined } })
  const typed: { id: number } = await response.json<{ id: number }>()
  const bytes: Uint8Array = await response.raiseForStatus().bytes()
  const pages: string[] = await session.all(['/a', { method: 'POST', url: '/b', options: { json: 1 } }], {
    read: (page) => page.text(),
  })
  const responses: HttpResponse[] = await session.all(['/a'])
  const fetchLike: (input: string) => Promise<Response> = session.fetch
  session.auth = ['u', 'p']
  session.auth = { bearer: 't' }
  session.auth = digest('u', 'p')
  session.auth = async ({ headers }) => void headers.set('A', 'b')
  session.auth = null
  session.mount('http://h/', new Adapter({ pool: { connections: 1 } }))
  new Session({ hooks: { afterResponse: async () => {}, beforeRequest: [({ headers }) => void headers.delete('x')] } })
  new Session({
    hooks: { afterResponse: [(page) => page, (page) => (page.ok ? undefined : page), async (page) => page] },
  })
  await get('http://h', { verify: false, signal: undefined })
  const call: ResponsePromise = session.get('/')
  const user: { id: number } = await call.json<{ id: number }>()
  const text: string = await session.post('/', { form: 'a=1&b=2', params: 'a=1' }).text()
  const all: Uint8Array = await request('GET', 'http://h').bytes()
  const stream: ReadableStream<Uint8Array> = get('http://h').stream()
  for await (const line of session.get('/').lines()) line.toUpperCase()
  const plain: Promise<HttpResponse> = session.get('/')
  new Session({ decompress: false, raiseForStatus: true })
  await session.get('/', { decompress: true, raiseForStatus: false })
  await get('http://h', { decompress: false, raiseForStatus: true })
  await session.post('/', {
    form: new URLSearchParams('a=1'),
    params: [['a', 1n]],
    headers: { 'X-Count': 1, 'X-On': true },
  })
  await session.post('/', {
    multipart: {
      a: ['x', 1, null],
      file: createReadStream('x'),
      blob: new Blob([]),
      view: new Uint16Array(2),
      named: { content: 'x', filename: 'x.txt' },
    },
  })
  await session.post('/', { multipart: [['a', 'b']], body: new DataView(new ArrayBuffer(1)) })
  void [user, text, all, stream, plain]
  for await (const line of response.lines()) line.toUpperCase()
  const error: unknown = typed
  if (error instanceof StatusError) error.status.toFixed()
  void [bytes, pages, responses, fetchLike]
}

export async function wrongUses(session: Session, response: HttpResponse): Promise<void> {
  // @ts-expect-error a timeout is a number or an object
  new Session({ timeoutMs: '5s' })
  // @ts-expect-error no such option
  new Session({ timeout: 5 })
  // @ts-expect-error no such phase
  new Session({ timeoutMs: { read: 5 } })
  // @ts-expect-error user and password
  new Session({ auth: ['only the user'] })
  // @ts-expect-error no such option of the pool
  new Session({ pool: { size: 3 } })
  // @ts-expect-error a closed choice
  await session.get('/', { redirect: 'sometimes' })
  // @ts-expect-error TLS belongs to the session or to an adapter
  await session.get('/', { verify: false })
  // @ts-expect-error a pool belongs to a session
  await request('GET', 'http://h', { pool: { connections: 1 } })
  // @ts-expect-error a URL is needed
  await session.get()
  // @ts-expect-error a status is read, not set
  response.status = 200
  // @ts-expect-error true or false
  await session.get('/', { raiseForStatus: 'always' })
  // @ts-expect-error a Date has no text of its own
  await session.get('/', { params: { since: new Date() } })
  // @ts-expect-error nor has an object
  await session.post('/', { form: { filter: { a: 1 } } })
  // @ts-expect-error a part is no plain object
  await session.post('/', { multipart: { filter: { a: 1 } } })
  // @ts-expect-error JSON of a call is of unknown shape too
  const typed: number = (await session.get('/').json()).id
  // @ts-expect-error a call is no response
  session.get('/').status
  // @ts-expect-error a body is none of these
  await session.post('/', { body: 42 })
  // @ts-expect-error the headers object stays, its content changes
  session.headers = new Headers()
  // @ts-expect-error JSON of unknown shape must be narrowed
  const id: number = (await response.json()).id
  // @ts-expect-error an adapter is a class of its own
  session.mount('http://h/', {})
  const auth: Auth = { bearer: 'x' }
  const options: SessionOptions & RequestOptions = { auth }
  void [id, options, typed]
}
