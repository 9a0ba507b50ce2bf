import { NO_AUTH } from '../policy/auth.ts'
import type { CallContext } from './call.ts'

const NO_COOKIES = Object.freeze({ header: () => '', store: () => {} })

/** A context that sends nothing of who the user is (only what the call itself says) and keeps no cookie. */
export function withoutCredentials(context: CallContext): CallContext {
  const headers = context.headers.clone()
  for (const name of ['authorization', 'cookie', 'proxy-authorization']) headers.delete(name)
  return { ...context, headers, cookies: NO_COOKIES, auth: NO_AUTH }
}
