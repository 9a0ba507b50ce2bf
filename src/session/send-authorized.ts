import type { Call, Hop } from './call.ts'
import { flatPairs, HttpHeaders } from './headers.ts'
import type { HttpResponse } from './response.ts'
import { sendWithRetries } from './send-with-retries.ts'

/** Sends with what the hop's auth adds. A fixed Authorization header is among the hop's headers already. */
export function sendAuthorized(call: Call, hop: Hop): Promise<HttpResponse> {
  if (hop.auth.kind === 'none' || hop.auth.kind === 'header') return sendWithRetries(call, hop)
  return sendSigned(call, hop)
}

async function sendSigned(call: Call, hop: Hop): Promise<HttpResponse> {
  if (hop.auth.kind !== 'function') return sendWithRetries(call, hop)
  const headers = new HttpHeaders(flatPairs(hop.headers))
  await hop.auth.sign({ method: hop.method, url: hop.target.href, headers })
  return sendWithRetries(call, { ...hop, headers: headers.flat() })
}
