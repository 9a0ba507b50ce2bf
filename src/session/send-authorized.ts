import type { Call, Hop } from './call.ts'
import { flatPairs, HttpHeaders } from './headers.ts'
import type { HttpResponse } from './response.ts'
import { sendOnce } from './send-once.ts'

/** Sends with what the hop's auth adds. A fixed Authorization header is among the hop's headers already. */
export function sendAuthorized(call: Call, hop: Hop): Promise<HttpResponse> {
  if (hop.auth.kind === 'none' || hop.auth.kind === 'header') return sendOnce(call, hop)
  return sendSigned(call, hop)
}

async function sendSigned(call: Call, hop: Hop): Promise<HttpResponse> {
  if (hop.auth.kind !== 'function') return sendOnce(call, hop)
  const headers = new HttpHeaders(flatPairs(hop.headers))
  await hop.auth.sign({ method: hop.method, url: hop.target.href, headers })
  return sendOnce(call, { ...hop, headers: headers.flat() })
}
