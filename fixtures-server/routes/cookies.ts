import { type Ask, headerOf } from '../application/ask.ts'
import { readFields } from '../application/form-fields.ts'
import { type Header, jsonReply, type Reply, redirectReply } from '../application/reply.ts'
import type { Route } from '../application/router.ts'
import { recordOf } from '../record-of.ts'

/** Routes that show, set and delete cookies. */
export const cookieRoutes: readonly Route[] = [
  { template: '/cookies', methods: ['GET'], answer: (ask) => jsonReply({ cookies: cookiesOf(ask) }) },
  {
    template: '/cookies/set/{name}/{value}',
    methods: ['GET'],
    answer: (ask, { name = '', value = '' }) => toCookies([setCookie(ask, name, value)]),
  },
  {
    template: '/cookies/set',
    methods: ['GET'],
    answer: (ask) => toCookies(firstArgs(ask).map(([name, value]) => setCookie(ask, name, value))),
  },
  {
    template: '/cookies/delete',
    methods: ['GET'],
    answer: (ask) => toCookies(firstArgs(ask).map(([name]) => deleteCookie(name))),
  },
]

/** The request's cookies; of two with one name the first counts. */
export function cookiesOf(ask: Ask): Record<string, string> {
  const cookies = new Map<string, string>()
  for (const pair of (headerOf(ask, 'cookie') ?? '').split(';')) {
    const [name = '', ...rest] = pair.split('=')
    const key = name.trim()
    if (key && !cookies.has(key)) cookies.set(key, unquote(rest.join('=').trim()))
  }
  return recordOf(cookies)
}

/** A Set-Cookie field for the whole site, Secure over https. */
function setCookie(ask: Pick<Ask, 'scheme'>, name: string, value: string): Header {
  return ['Set-Cookie', `${bare(name)}=${quote(value)}; ${ask.scheme === 'https' ? 'Secure; ' : ''}Path=/`]
}

/** A Set-Cookie field for the whole site, over http and https alike. */
export function plainCookie(name: string, value: string): Header {
  return setCookie({ scheme: 'http' }, name, value)
}

/** A Set-Cookie field that makes the client forget a cookie. */
function deleteCookie(name: string): Header {
  return ['Set-Cookie', `${bare(name)}=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/`]
}

function toCookies(cookies: readonly Header[]): Reply {
  return redirectReply('/cookies', { headers: cookies })
}

function firstArgs(ask: Ask): [string, string][] {
  const first = new Map<string, string>()
  for (const [name, value] of readFields(ask.query)) if (!first.has(name)) first.set(name, value)
  return [...first]
}

// A name that could end the field or start another attribute loses the characters that would do it.
function bare(name: string): string {
  return Buffer.from(name)
    .toString('latin1')
    .replace(/[^\x21-\x3a\x3c\x3e-\x7e]/g, '')
}

const legal = /^[\w!#$%&'*+\-.^`|~:]*$/

// As Python's http.cookies and werkzeug do: anything unusual goes between quotes, control and non-ASCII bytes in octal.
function quote(value: string): string {
  if (legal.test(value)) return value
  const bytes = Buffer.from(value).toString('latin1')
  const inner = bytes.replace(/["\\]|[^\x20-\x7e]|[,;]/g, (char) =>
    char === '"' || char === '\\' ? `\\${char}` : `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`,
  )
  return `"${inner}"`
}

function unquote(value: string): string {
  if (value.length < 2 || !value.startsWith('"') || !value.endsWith('"')) return fromLatin1(value)
  const inner = value
    .slice(1, -1)
    .replace(/\\([0-3][0-7]{2})|\\(.)/g, (_all, octal?: string, char?: string) =>
      octal === undefined ? (char as string) : String.fromCharCode(Number.parseInt(octal, 8)),
    )
  return fromLatin1(inner)
}

function fromLatin1(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8')
}
