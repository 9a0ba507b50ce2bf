import type { EncodedBody } from '../body/encode-body.ts'
import { type HeadersInput, HttpHeaders, mergeHeaders } from '../head/headers.ts'
import { readPairs } from '../head/read-pairs.ts'
import { SESSION_DEFAULTS } from '../options/session-options.ts'
import type { ResolvedAuth } from '../policy/auth.ts'

/** What the headers of a call's first request are made of. */
type HeaderSources = {
  /** The session's. */
  readonly defaults: HttpHeaders
  /** The call's own. */
  readonly own: HeadersInput | undefined
  readonly body: EncodedBody
  readonly auth: ResolvedAuth
}

/** The headers of a call's first request, as the wire has them, but for cookies. */
export function firstHeaders({ defaults, own, body, auth }: HeaderSources): readonly string[] {
  const merged = own === undefined ? defaults : mergeHeaders(defaults, own)
  const headers = merged.has('range') ? askForPart(merged) : merged
  const type = typeToSend(headers, own, body)
  const lengthBytes = body.lengthBytes === undefined || headers.has('content-length') ? undefined : body.lengthBytes
  if (type === undefined && lengthBytes === undefined && auth.kind !== 'header') return headers.flat()
  const replaced = type === undefined ? headers : without(headers, 'content-type')
  const flat = [...(auth.kind === 'header' ? without(replaced, 'authorization') : replaced).flat()]
  if (type !== undefined) flat.push('Content-Type', type)
  if (lengthBytes !== undefined) flat.push('Content-Length', String(lengthBytes))
  if (auth.kind === 'header') flat.push('Authorization', auth.value)
  return flat
}

/** The same for a call that adds nothing to the session's: most of them. */
export function bareHeaders(defaults: HttpHeaders): readonly string[] {
  return (defaults.has('range') ? askForPart(defaults) : defaults).flat()
}

/** True when a header of that (lower-case) name is among these, also one that is only taken away. */
export function namesHeader(headers: HeadersInput | undefined, name: string): boolean {
  return headers !== undefined && namesOf(headers).some((one) => one.toLowerCase() === name)
}

function namesOf(headers: HeadersInput): string[] {
  return headers instanceof HttpHeaders ? [...headers.keys()] : readPairs(headers, 'headers').map(([name]) => name)
}

/**
 * The body's own type, where it goes out. A type that the call names stands. A session's default stands for what has none of
 * its own (text, bytes), and one that is JSON, for JSON; no form is sent as what it is not.
 */
function typeToSend(headers: HttpHeaders, own: HeadersInput | undefined, body: EncodedBody): string | undefined {
  if (body.contentType === undefined) return undefined
  const present = headers.get('content-type')
  if (present === null) return body.contentType
  if (namesHeader(own, 'content-type')) return undefined
  switch (body.claim) {
    case 'given':
      return body.contentType
    case 'json':
      return /[/+]json\s*(?:;|$)/i.test(present) ? undefined : body.contentType
    case 'assumed':
      return undefined
    default:
      return body.claim satisfies never
  }
}

/** A part of an encoded body cannot be decoded: unless somebody has named an encoding, none is asked for. */
function askForPart(headers: HttpHeaders): HttpHeaders {
  const isAutomatic = headers.get('accept-encoding') === SESSION_DEFAULTS.headers['Accept-Encoding']
  return isAutomatic ? headers.clone().set('Accept-Encoding', 'identity') : headers
}

function without(headers: HttpHeaders, name: string): HttpHeaders {
  if (!headers.has(name)) return headers
  const kept = headers.clone()
  kept.delete(name)
  return kept
}
