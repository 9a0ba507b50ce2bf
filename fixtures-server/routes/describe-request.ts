import { type Ask, headerOf } from '../application/ask.ts'
import { type FormFile, readForm } from '../application/form-body.ts'
import { readFields } from '../application/form-fields.ts'
import { weighJson } from '../application/weigh-json.ts'
import { recordOf } from '../record-of.ts'
import { shownUrl } from './shown-url.ts'

/** httpbin's picture of a request without a body. */
export interface RequestPicture {
  readonly args: Record<string, string | string[]>
  readonly headers: Record<string, string>
  readonly origin: string
  readonly url: string
}

// What proxies add on the way; httpbin hides it unless the query has show_env.
const proxyHeaders = new Set(
  `X-Varnish X-Request-Start X-Heroku-Queue-Depth X-Real-Ip X-Forwarded-Proto X-Forwarded-Protocol X-Forwarded-Ssl
   X-Heroku-Queue-Wait-Time X-Forwarded-For X-Heroku-Dynos-In-Use X-Forwarded-Port X-Request-Id Via Total-Route-Time
   Connect-Time`.split(/\s+/),
)

/** Says what was asked, in httpbin's words. */
export function describeRequest(ask: Ask): RequestPicture {
  const args = argsOf(ask)
  return { args, headers: shownHeaders(ask, 'show_env' in args), origin: originOf(ask), url: urlOf(ask) }
}

/** httpbin's picture of a request with its body. */
export interface BodyPicture extends RequestPicture {
  readonly data: string
  readonly files: Record<string, string>
  readonly form: Record<string, string | string[]>
  readonly json: unknown
}

/** Says what was asked and what was sent: a form is taken apart, anything else is data. */
export function describeBody(ask: Ask): BodyPicture {
  const form = readForm(ask.body, headerOf(ask, 'content-type') ?? '')
  const data = form ? '' : jsonSafe(ask.body, 'application/octet-stream')
  return {
    ...describeRequest(ask),
    data,
    files: firstFiles(form?.files ?? []),
    form: semiflatten(form?.fields ?? []),
    json: form ? null : parsedOrNull(ask.body),
  }
}

// Of two files with one name the first counts.
function firstFiles(files: readonly FormFile[]): Record<string, string> {
  return recordOf(
    [...files].reverse().map(({ name, contentType, bytes }) => [name, jsonSafe(bytes, contentType)] as const),
  )
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Text as it is, other bytes as a data URL. */
function jsonSafe(bytes: Buffer, contentType: string): string {
  try {
    return utf8.decode(bytes)
  } catch {
    return `data:${contentType};base64,${bytes.toString('base64')}`
  }
}

function parsedOrNull(bytes: Buffer): unknown {
  let value: unknown
  try {
    value = JSON.parse(utf8.decode(bytes))
  } catch {
    return null
  }
  weighJson(value)
  return value
}

/** The query's arguments: a repeated one is a list, a single one a string. */
function argsOf(ask: Pick<Ask, 'query'>): Record<string, string | string[]> {
  return ask.query === '' ? recordOf() : semiflatten(readFields(ask.query))
}

/** Pairs as a record in which only repeated keys hold lists. */
function semiflatten(pairs: Iterable<readonly [string, string]>): Record<string, string | string[]> {
  const lists = new Map<string, string[]>()
  for (const [key, value] of pairs) {
    const list = lists.get(key)
    if (list) list.push(value)
    else lists.set(key, [value])
  }
  const flat = [...lists].map(([key, list]) => [key, list.length === 1 ? (list[0] as string) : list] as const)
  return recordOf<string | string[]>(flat)
}

/** Request headers with title-cased names. */
function shownHeaders(ask: Ask, withProxyHeaders: boolean): Record<string, string> {
  const shown = new Map<string, string>()
  for (let i = 0; i < ask.rawHeaders.length; i += 2) {
    const name = titleCase(ask.rawHeaders[i] as string)
    if (proxyHeaders.has(name) && !withProxyHeaders) continue
    const before = shown.get(name)
    const value = ask.rawHeaders[i + 1] as string
    shown.set(name, before === undefined ? value : `${before},${value}`)
  }
  return recordOf(shown)
}

/** The client's address, as a proxy reported it if one did. */
export function originOf(ask: Ask): string {
  return headerOf(ask, 'x-forwarded-for') ?? ask.remoteAddress
}

/** The URL that was asked for, with the scheme that a proxy reported if one did. */
function urlOf(ask: Ask): string {
  const forwarded = headerOf(ask, 'x-forwarded-proto') || headerOf(ask, 'x-forwarded-protocol')
  const scheme = forwarded || (headerOf(ask, 'x-forwarded-ssl') === 'on' ? 'https' : ask.scheme)
  return `${scheme}://${headerOf(ask, 'host') ?? ''}${shownUrl(ask.path, ask.query)}`
}

// Clients use the same few names again and again; a client that invents names must not fill the memory.
const titles = new Map<string, string>()
const maxTitles = 1_000

function titleCase(name: string): string {
  const known = titles.get(name)
  if (known !== undefined) return known
  const title = name
    .replaceAll('_', '-')
    .replace(/[a-z]+/gi, (word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())
  if (titles.size < maxTitles) titles.set(name, title)
  return title
}
