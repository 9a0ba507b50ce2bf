import type { EncodedBody } from '../body/encode-body.ts'
import { type RequestTarget, resolveLocation } from '../head/target.ts'

/** The request that a redirect leads to. */
export type RedirectStep = {
  readonly method: string
  readonly target: RequestTarget
  readonly dropBody: boolean
  /** True when host, port or scheme change: credentials stay behind. */
  readonly crossing: boolean
}

const FOLLOWED = new Set([301, 302, 303, 307, 308])

/** What a response asks for: another request, or undefined when it is to be returned as it is. @throws InvalidUrl */
export function readRedirect(
  status: number,
  location: string | undefined,
  from: { readonly method: string; readonly target: RequestTarget },
): RedirectStep | undefined {
  if (!FOLLOWED.has(status) || location === undefined || location === '') return undefined
  const target = resolveLocation(location, from.target)
  const method = nextMethod(status, from.method)
  return { method, target, dropBody: method !== from.method, crossing: isCrossing(from.target, target) }
}

/** 303 makes everything but HEAD a GET; 301 and 302 do so with POST only; 307 and 308 keep the method. */
export function nextMethod(status: number, method: string): string {
  if (status === 303) return method === 'HEAD' ? 'HEAD' : 'GET'
  if ((status === 301 || status === 302) && method === 'POST') return 'GET'
  return method
}

/** Another host, port or scheme; http on 80 to https on 443 of the same host is an upgrade, not a crossing. */
export function isCrossing(from: RequestTarget, to: RequestTarget): boolean {
  if (from.origin === to.origin) return false
  const upgraded = !from.secure && from.port === 80 && to.secure && to.port === 443
  return !(upgraded && from.hostname === to.hostname)
}

const CREDENTIALS = new Set(['authorization', 'cookie', 'proxy-authorization', 'host'])

/** The headers that go on with a redirect: those of a dropped body and, on a crossing, credentials stay behind. */
export function redirectHeaders(
  flat: readonly string[],
  step: { readonly dropBody: boolean; readonly crossing: boolean },
  sensitive: ReadonlySet<string>,
): readonly string[] {
  if (!step.dropBody && !step.crossing) return flat
  return withoutHeaders(flat, (name) => {
    if (step.dropBody && (name.startsWith('content-') || name === 'transfer-encoding')) return true
    return step.crossing && (CREDENTIALS.has(name) || sensitive.has(name))
  })
}

/** A flat header list without those whose lower-case name the test picks. */
export function withoutHeaders(flat: readonly string[], picks: (name: string) => boolean): readonly string[] {
  const kept: string[] = []
  for (let index = 0; index < flat.length; index += 2) {
    const name = flat[index] as string
    if (!picks(name.toLowerCase())) kept.push(name, flat[index + 1] as string)
  }
  return kept
}

/** The body of the next hop: the same, none, or undefined when it is needed again but cannot be sent twice. */
export function redirectBody(body: EncodedBody, step: RedirectStep, none: EncodedBody): EncodedBody | undefined {
  if (step.dropBody) return none
  return body.replayable ? body : undefined
}
