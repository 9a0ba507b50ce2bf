import { createHash } from 'node:crypto'
import { type Ask, headerOf } from '../application/ask.ts'
import { type Header, jsonReply, type Reply } from '../application/reply.ts'
import type { Params, Route } from '../application/router.ts'
import { firstArgs } from './arguments.ts'
import { cookiesOf, plainCookie } from './cookies.ts'

/** Digest authentication (RFC 7616) with httpbin's cookies, which let a client be told that its nonce is stale. */
export const digestRoutes: readonly Route[] = [
  '/digest-auth/{qop}/{user}/{password}',
  '/digest-auth/{qop}/{user}/{password}/{algorithm}',
  '/digest-auth/{qop}/{user}/{password}/{algorithm}/{staleAfter}',
].map((template) => ({ template, methods: ['GET'], readsBody: true, answer: digestAuth }))

const realm = 'sessionbench'
const hashes: ReadonlyMap<string, string> = new Map([
  ['MD5', 'md5'],
  ['SHA-256', 'sha256'],
  ['SHA-512', 'sha512'],
])
const fake = plainCookie('fake', 'fake_value')

interface Wanted {
  readonly user: string
  readonly password: string
  readonly qop: 'auth' | 'auth-int' | undefined
  readonly algorithm: string
  readonly staleAfter: string
}

type Credentials = ReadonlyMap<string, string>

function digestAuth(ask: Ask, params: Params): Reply {
  const wanted = readWanted(params)
  const credentials = readCredentials(headerOf(ask, 'authorization'))
  const cookies = cookiesOf(ask)
  const needsCookie = ['1', 't', 'true'].includes(firstArgs(ask).get('require-cookie')?.toLowerCase() ?? '')
  const staleAfterCookie = plainCookie('stale_after', wanted.staleAfter)
  if (!credentials || (needsCookie && headerOf(ask, 'cookie') === undefined)) {
    return challenge(ask, wanted, { cookies: [staleAfterCookie, fake] })
  }
  if (needsCookie && cookies.fake !== 'fake_value') {
    return jsonReply({ errors: ['missing cookie set on challenge'] }, { status: 403, headers: [fake] })
  }
  const nonce = credentials.get('nonce') ?? ''
  const stale = (cookies.last_nonce !== undefined && cookies.last_nonce === nonce) || cookies.stale_after === '0'
  if (stale || !isProof(ask, wanted, credentials)) {
    return challenge(ask, wanted, { cookies: [staleAfterCookie, plainCookie('last_nonce', nonce), fake], stale })
  }
  const next = cookies.stale_after ? [plainCookie('stale_after', oneLess(cookies.stale_after))] : []
  return jsonReply({ authenticated: true, user: wanted.user }, { headers: [fake, ...next] })
}

function readWanted({ qop, user = '', password = '', algorithm = 'MD5', staleAfter = 'never' }: Params): Wanted {
  return {
    user,
    password,
    qop: qop === 'auth' || qop === 'auth-int' ? qop : undefined,
    algorithm: hashes.has(algorithm) ? algorithm : 'MD5',
    staleAfter,
  }
}

function readCredentials(field: string | undefined): Credentials | undefined {
  const list = /^Digest\s+(.*)$/is.exec(field ?? '')?.[1]
  if (list === undefined) return undefined
  const pairs = list.matchAll(/(?<![\w-])([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^,\s]*))/g)
  return new Map(
    [...pairs].map(([, name, quoted, bare]) => [
      (name as string).toLowerCase(),
      quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '',
    ]),
  )
}

function challenge(
  ask: Ask,
  { qop, algorithm }: Wanted,
  { cookies, stale }: { cookies: readonly Header[]; stale?: boolean },
): Reply {
  const draw = () => hash(algorithm, ask.state.random.bytes(16).toString('hex'))
  const qops = qop ?? 'auth, auth-int'
  const parts = [
    `realm="${realm}"`,
    `nonce="${draw()}"`,
    `qop="${qops}"`,
    `opaque="${draw()}"`,
    `algorithm=${algorithm}`,
  ]
  parts.push(`stale=${stale ? 'TRUE' : 'FALSE'}`)
  const headers: Header[] = [
    ['Content-Type', 'text/html; charset=utf-8'],
    ['WWW-Authenticate', `Digest ${parts.join(', ')}`],
    ...cookies,
  ]
  return { status: 401, headers, body: '' }
}

function isProof(ask: Ask, { user, password }: Wanted, credentials: Credentials): boolean {
  const value = (name: string) => credentials.get(name) ?? ''
  const algorithm = credentials.get('algorithm') ?? 'MD5'
  const uri = `${ask.path}${ask.query && `?${ask.query}`}`
  if (value('username') !== user) return false
  const h = (...parts: string[]) => hash(algorithm, parts.join(':'))
  const ha1 = h(user, value('realm'), password)
  const qop = credentials.get('qop')
  if (qop === undefined) return value('response') === h(ha1, value('nonce'), h(ask.method, uri))
  if (qop !== 'auth' && qop !== 'auth-int') return false
  const ha2 = qop === 'auth' ? h(ask.method, uri) : h(ask.method, uri, hash(algorithm, ask.body))
  return value('response') === h(ha1, value('nonce'), value('nc'), value('cnonce'), qop, ha2)
}

function hash(algorithm: string, text: string | Buffer): string {
  return createHash(hashes.get(algorithm) ?? 'md5')
    .update(text)
    .digest('hex')
}

function oneLess(count: string): string {
  return /^-?\d+$/.test(count) ? String(Number(count) - 1) : 'never'
}
