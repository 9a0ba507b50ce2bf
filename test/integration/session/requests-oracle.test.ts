import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { digest, type RequestOptions, Session } from 'sessionbench/session'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serveHttp, type TestServer } from './test-servers.ts'

// An independent oracle for the wire: Python's requests makes the same calls against the same recorder.

const script = fileURLToPath(new URL('requests-calls.py', import.meta.url))

const hasRequests = (): boolean => {
  try {
    execFileSync('python3', ['-c', 'import requests'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
const available = hasRequests()
if (!available && process.env.CI !== undefined)
  throw new Error('CI needs python3-requests: apt-get install python3-requests')
if (!available) console.log('skipped: requests-oracle (python3-requests is not installed)')

/** What matters of one request; headers that every client spells in its own way are left out. */
type Recorded = {
  method: string
  url: string
  host: 'base' | 'other'
  session: string | undefined
  authorization: string | undefined
  cookie: string | undefined
  type: string | undefined
  length: string | undefined
  body: string
}

const noLength = {
  why: 'requests announces Content-Length: 0 for every method but GET and HEAD; RFC 9110, 8.6 wants it only where a body is usual',
  mend: (python: Recorded[]) => python.map((one) => ({ ...one, length: undefined })),
}
const bareQop = {
  why: 'requests quotes qop and algorithm; RFC 7616, 3.4 forbids the quotes in an Authorization header',
  mend: (python: Recorded[]) =>
    python.map((one) => ({ ...one, authorization: one.authorization?.replace(/(qop|algorithm)="(\w+)"/g, '$1=$2') })),
}
const keptAuth = {
  why: "requests overwrites the call's own auth with the .netrc login when a redirect stays on the host",
  mend: (python: Recorded[]) => python.map((one) => ({ ...one, authorization: python[0]?.authorization })),
}
const ownEntryOnly = {
  why: "requests sends the .netrc's default login to whatever host a server names; we send an entry of that host's own",
  mend: (python: Recorded[]) => withoutAuthorization(python, [1, 2]),
}
/** Where we mean to differ from requests, and why. */
const DIFFERENCES: Readonly<Record<string, { why: string; mend: (python: Recorded[]) => Recorded[] }>> = {
  'method-DELETE': noLength,
  'method-OPTIONS': noLength,
  'digest-first': bareQop,
  'digest-again': bareQop,
  'redirect-302-PUT': {
    why: 'requests turns PUT into GET on 302; RFC 9110 allows that for POST only, and the body would be lost',
    mend: (python) => keepOnSecondHop(python, 'PUT'),
  },
  'redirect-301-PUT': {
    why: 'requests keeps the method on 301 but not the body',
    mend: (python) => keepOnSecondHop(python, 'PUT'),
  },
  'redirect-crossing': {
    why: 'the second origin is a port of the same host: we count a port as another host, for cookies set by hand too',
    mend: (python) => python.map((one, hop) => (hop === 0 ? one : { ...one, cookie: undefined })),
  },
  'netrc-own-back': {
    why: 'what stayed behind at a crossing is not sent again on the way back',
    mend: (python) => withoutAuthorization(python, [2]),
  },
  'netrc-own-call-auth': keptAuth,
  'netrc-default-call-auth': keptAuth,
  'netrc-default-foreign': ownEntryOnly,
  'netrc-default-back': ownEntryOnly,
  'netrc-default-call-auth-foreign': ownEntryOnly,
}

function withoutAuthorization(python: Recorded[], hops: readonly number[]): Recorded[] {
  return python.map((one, hop) => (hops.includes(hop) ? { ...one, authorization: undefined } : one))
}

function keepOnSecondHop(python: Recorded[], method: string): Recorded[] {
  const [first] = python
  return python.map((one, hop) =>
    hop === 0 || first === undefined ? one : { ...first, method, url: one.url, host: one.host },
  )
}

describe.runIf(available)('the wire beside python-requests', () => {
  const recorded = new Map<string, Recorded[]>()
  let base: TestServer
  let other: TestServer
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'oracle-'))
    const logins = 'machine 127.0.0.1 login near password n\nmachine localhost login far password f\n'
    await writeFile(join(folder, 'own'), logins)
    await writeFile(join(folder, 'default'), 'default login any password one\n')
    base = await serveHttp((request, reply) => record('base', request, reply))
    other = await serveHttp((request, reply) => record('other', request, reply))
  })
  afterAll(async () => {
    await base[Symbol.asyncDispose]()
    await other[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  function record(host: Recorded['host'], request: IncomingMessage, reply: ServerResponse): void {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { headers } = request
      const name = String(headers['x-case'])
      const entry: Recorded = {
        method: request.method ?? '',
        url: (request.url ?? '').replaceAll(encodeURIComponent(other.url), 'OTHER').replaceAll(other.url, 'OTHER'),
        host,
        session: headers['x-session'] as string | undefined,
        authorization: headers.authorization
          ?.replace(/(nonce|cnonce|response)="[^"]*"/g, '$1="…"')
          .split(', ')
          .sort()
          .join(', '),
        cookie: headers.cookie?.split('; ').sort().join('; '),
        type: headers['content-type'],
        length: headers['content-length'],
        body: Buffer.concat(chunks).toString('latin1').replace(/": /g, '":').replace(/, /g, ','),
      }
      // Spacing inside JSON is no difference, so neither is the length that comes of it.
      if (entry.type === 'application/json') entry.length = String(entry.body.length)
      recorded.set(name, [...(recorded.get(name) ?? []), entry])
      answer(request, reply)
    })
  }

  /** The second recorder under another name, so that it is another host. */
  function foreign(): string {
    return other.url.replace('127.0.0.1', 'localhost')
  }

  function answer(request: IncomingMessage, reply: ServerResponse): void {
    const url = new URL(request.url ?? '', 'http://h')
    const redirect = /^\/redirect\/(\d+)/.exec(url.pathname)?.[1]
    const to = (location: string, status = 302) => void reply.writeHead(status, { location }).end()
    if (redirect !== undefined) to('/echo', Number(redirect))
    else if (url.pathname === '/redirect-to') to(url.searchParams.get('url') as string)
    else if (url.pathname === '/to-foreign') to(`${foreign()}/echo`)
    else if (url.pathname === '/to-foreign-and-back') to(`${foreign()}/to-base`)
    else if (url.pathname === '/to-base') to(`${base.url}/echo`)
    else if (url.pathname === '/dir/relative') to('../echo?x=1')
    else if (url.pathname === '/redirect-cookie') {
      reply.writeHead(302, { location: '/echo', 'set-cookie': 'hop=1; Path=/' }).end()
    } else if (url.pathname === '/dash' && !request.headers.cookie?.includes('in=1')) to('/login')
    else if (url.pathname === '/login') reply.writeHead(303, { location: '/dash', 'set-cookie': 'in=1; Path=/' }).end()
    else if (url.pathname === '/cookies/set') {
      reply.setHeader('set-cookie', [
        'a=1; Path=/',
        'b=2; Path=/deep',
        'c=3',
        'gone=x; Max-Age=0',
        'q="quoted"; Path=/',
      ])
      reply.end()
    } else if (url.pathname === '/cookies/delete') {
      reply.setHeader('set-cookie', 'a=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT').end()
    } else if (url.pathname.startsWith('/digest') && request.headers.authorization === undefined) {
      reply
        .writeHead(401, {
          'www-authenticate': 'Digest realm="lab", nonce="abc", qop="auth", algorithm=MD5, opaque="o"',
        })
        .end()
    } else reply.end('ok')
  }

  async function makeOurCalls(): Promise<void> {
    const session = (options = {}) => new Session({ headers: { 'X-Session': 's' }, params: { key: 'k' }, ...options })
    const call = async (name: string, made: Session, method: string, path: string, options: RequestOptions = {}) => {
      const headers = { 'X-Case': name, ...(options.headers as Record<string, string> | undefined) }
      await (await made.request(method, base.url + path, { ...options, headers })).discard()
    }
    let s = session()
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
      await call(`method-${method}`, s, method, '/echo')
    await call('params-merge', s, 'GET', '/echo?own=1', { params: { q: 'a b&c', list: ['1', '2'] } })
    await call('params-null', s, 'GET', '/echo', { params: { key: null, q: 'x' } })
    await call('header-override', s, 'GET', '/echo', { headers: { 'x-session': 'call' } })
    await call('header-null', s, 'GET', '/echo', { headers: { 'X-Session': null } })
    await call('json', s, 'POST', '/echo', { json: { a: 1, b: [true, null] } })
    await call('form', s, 'POST', '/echo', { form: { a: 'b c', d: ['1', '2'], u: 'é&=' } })
    await call('bytes', s, 'POST', '/echo', { body: Buffer.from([0, 1, ...Buffer.from('raw')]) })
    await call('json-own-type', s, 'POST', '/echo', { json: {}, headers: { 'Content-Type': 'application/vnd.x+json' } })
    await call('fragment', s, 'GET', '/echo#part')
    s = session({ auth: ['ann', 'p:w'] })
    await call('basic', s, 'GET', '/echo')
    await call('basic-call', s, 'GET', '/echo', { auth: ['bob', 'x'] })
    s.auth = digest('ann', 'pw')
    await call('digest-first', s, 'GET', '/digest/a?b=c')
    await call('digest-again', s, 'POST', '/digest/a', { json: { x: 1 } })
    s = session()
    await call('cookie-set', s, 'GET', '/cookies/set')
    await call('cookie-sent', s, 'GET', '/echo')
    await call('cookie-path', s, 'GET', '/deep/er')
    await call('cookie-path-not', s, 'GET', '/deeper')
    await call('cookie-call', s, 'GET', '/echo', { cookies: { once: '1' } })
    await call('cookie-after', s, 'GET', '/echo')
    await call('cookie-delete', s, 'GET', '/cookies/delete')
    await call('cookie-gone', s, 'GET', '/echo')
    for (const status of [301, 302, 303, 307, 308]) {
      for (const method of ['GET', 'POST', 'PUT', 'HEAD']) {
        const bare = method === 'GET' || method === 'HEAD'
        const body = bare ? {} : { body: Buffer.from('payload'), headers: { 'Content-Type': 'text/x' } }
        await call(`redirect-${status}-${method}`, session(), method, `/redirect/${status}`, {
          redirect: 'follow',
          ...body,
        })
      }
    }
    s = session({ auth: ['ann', 'pw'] })
    await call('redirect-same-host', s, 'GET', '/redirect/302')
    await call('redirect-crossing', s, 'GET', `/redirect-to?url=${other.url}/echo`, { headers: { Cookie: 'by=hand' } })
    await call('redirect-cookie-hop', session(), 'GET', '/redirect-cookie')
    await call('redirect-bounce', session(), 'GET', '/dash')
    await call('redirect-not-300', session(), 'GET', '/redirect/300')
    await call('redirect-not-304', session(), 'GET', '/redirect/304')
    await call('redirect-relative', session(), 'GET', '/dir/relative')
    await call('redirect-off', session(), 'GET', '/redirect/302', { redirect: 'manual' })
    for (const file of ['own', 'default']) {
      s = session({ netrc: join(folder, file) })
      await call(`netrc-${file}-first`, s, 'GET', '/echo')
      await call(`netrc-${file}-foreign`, s, 'GET', '/to-foreign')
      await call(`netrc-${file}-back`, s, 'GET', '/to-foreign-and-back')
      await call(`netrc-${file}-call-auth`, s, 'GET', '/redirect/302', { auth: ['bob', 'x'] })
      await call(`netrc-${file}-call-auth-foreign`, s, 'GET', '/to-foreign', { auth: ['bob', 'x'] })
    }
  }

  it('sends the same requests, hop by hop, but for the differences named above', async () => {
    const child = spawn('python3', [script, base.url, other.url, folder], { stdio: ['ignore', 'inherit', 'inherit'] })
    const [code] = (await once(child, 'exit')) as [number]
    expect(code).toBe(0)
    const python = new Map(recorded)
    recorded.clear()
    await makeOurCalls()
    expect([...recorded.keys()]).toEqual([...python.keys()])
    const differing: unknown[] = []
    for (const [name, theirs] of python) {
      const expected = DIFFERENCES[name]?.mend(theirs) ?? theirs
      const ours = recorded.get(name)
      if (JSON.stringify(ours) !== JSON.stringify(expected)) differing.push({ name, ours, python: expected })
    }
    expect(differing).toEqual([])
    expect(python.size).toBeGreaterThan(50)
  })
})
