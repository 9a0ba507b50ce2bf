import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { RequestTrace } from './iteration-trace.ts'
import type { RequestObserver } from './request-observer.ts'
import { subscribeAll } from './subscribe-all.ts'

interface HttpMessage {
  readonly request: ClientRequest
  readonly response?: IncomingMessage
}

/** Follows the requests of node:http, and of all that is built on it. Returns what ends it. */
export function traceNodeHttp(observer: RequestObserver): () => void {
  const requests = new WeakMap<ClientRequest, { readonly trace: RequestTrace; socket?: Socket; givenMs?: number }>()
  return subscribeAll({
    'http.client.request.created': ({ request }: HttpMessage) => {
      const known: ReturnType<typeof requests.get> = { trace: observer.begin() }
      requests.set(request, known)
      request.once('socket', (socket) => Object.assign(known, { socket, givenMs: observer.nowMs() }))
      request.once('close', () => observer.fail(known.trace))
    },
    // Its name notwithstanding, this says that the head of the response is there.
    'http.client.response.finish': ({ request, response }: HttpMessage) => {
      const known = requests.get(request)
      if (known === undefined || response === undefined) return
      // An agent gives a request a socket that is still opening, and nothing says when the request went out on it: it does
      // so as soon as the connection is ready.
      observer.send(known.trace, known.socket, known.givenMs)
      observer.answer(known.trace, response.statusCode)
      response.once('end', () => observer.end(known.trace))
    },
  })
}
