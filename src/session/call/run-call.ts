import type { RequestTarget } from '../head/target.ts'
import type { HttpResponse } from '../response.ts'
import { type Call, type CallContext, type Hop, makeCall, makeFirstHop, type RequestOptions } from './call.ts'
import { sendWithHooks } from './send-with-hooks.ts'

/** What a call is made of. */
export type CallRequest = { readonly method: string; readonly target: RequestTarget; readonly options: RequestOptions }

/** Runs one call through all layers; its scope ends with the response's body. @throws UsageError before anything is sent */
export function runCall(context: CallContext, request: CallRequest): Promise<HttpResponse> {
  const { method, target, options } = request
  const hop = makeFirstHop(context, method, target, options)
  const call = makeCall(context, method, hop.target, options)
  const sent = call.scope === null ? sendWithHooks(call, hop) : runScoped(call, hop)
  return call.raiseForStatus ? raise(sent) : sent
}

async function raise(sent: Promise<HttpResponse>): Promise<HttpResponse> {
  return (await sent).raiseForStatus()
}

async function runScoped(call: Call, hop: Hop): Promise<HttpResponse> {
  try {
    const response = await sendWithHooks(call, hop)
    response.onSettled(() => call.scope?.dispose())
    return response
  } catch (error) {
    call.scope?.dispose()
    throw error
  }
}
