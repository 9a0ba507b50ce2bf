import { BodyError } from '../errors.ts'
import type { ChallengeAuth } from '../policy/auth.ts'
import { withoutHeaders } from '../policy/redirect.ts'
import type { HttpResponse } from '../response.ts'
import { type Call, type Hop, hopHeaders } from './call.ts'
import { withinScope } from './call-scope.ts'
import { orGiveUp } from './or-give-up.ts'
import { sendWithRetries } from './send-with-retries.ts'

/** Sends with what the hop's auth adds. A fixed Authorization header is among the hop's headers already. */
export function sendAuthorized(call: Call, hop: Hop): Promise<HttpResponse> {
  if (hop.auth.kind === 'none' || hop.auth.kind === 'header') return sendWithRetries(call, hop)
  return sendSigned(call, hop)
}

async function sendSigned(call: Call, hop: Hop): Promise<HttpResponse> {
  if (hop.auth.kind === 'challenge') return answerChallenge(call, hop, hop.auth.scheme)
  if (hop.auth.kind !== 'function') return sendWithRetries(call, hop)
  const headers = hopHeaders(call, hop)
  await withinScope(call.scope, hop.auth.sign({ method: hop.method, url: hop.target.href, headers }))
  return sendWithRetries(call, { ...hop, headers: headers.flat() })
}

/** Sends with the header that the scheme knows beforehand; answers one 401. */
async function answerChallenge(call: Call, hop: Hop, scheme: ChallengeAuth): Promise<HttpResponse> {
  const request = { method: hop.method, path: hop.target.path, origin: hop.target.origin }
  const response = await sendWithRetries(call, withAuthorization(hop, scheme.prepare(request)))
  if (response.status !== 401) return response
  const answer = await orGiveUp(response, () => {
    const value = scheme.answer(response.headers.getAll('www-authenticate'), request)
    if (value !== undefined && !hop.body.replayable) throw notReplayable(hop)
    return value
  })
  if (answer === undefined) return response
  await response.discard()
  return sendWithRetries(call, withAuthorization(hop, answer))
}

function notReplayable({ method, target: { href: url } }: Hop): BodyError {
  return new BodyError(
    `${method} ${url} must be sent again with credentials, but its body is a stream: pass text, bytes or a Blob`,
    { code: 'BODY_NOT_REPLAYABLE', request: { method, url } },
  )
}

function withAuthorization(hop: Hop, value: string | undefined): Hop {
  const headers = withoutHeaders(hop.headers, (name) => name === 'authorization')
  return { ...hop, headers: value === undefined ? headers : [...headers, 'Authorization', value] }
}
