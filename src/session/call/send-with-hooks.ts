import type { HttpResponse } from '../response.ts'
import { type Call, type Hop, hopHeaders } from './call.ts'
import { withinScope } from './call-scope.ts'
import { followRedirects } from './follow-redirects.ts'
import { NO_HOOKS } from './hooks.ts'
import { orGiveUp } from './or-give-up.ts'

/** The outermost layer: one call, from hook to hook. */
export function sendWithHooks(call: Call, hop: Hop): Promise<HttpResponse> {
  return call.hooks === NO_HOOKS ? followRedirects(call, hop) : runHooks(call, hop)
}

async function runHooks(call: Call, hop: Hop): Promise<HttpResponse> {
  const headers = hopHeaders(call, hop)
  for (const hook of call.hooks.beforeRequest)
    await withinScope(call.scope, hook({ method: hop.method, url: hop.target.href, headers }))
  let response = await followRedirects(call, { ...hop, headers: headers.flat() })
  for (const hook of call.hooks.afterResponse) {
    const seen = response
    response = (await orGiveUp(seen, () => withinScope(call.scope, hook(seen)))) ?? seen
  }
  return response
}
