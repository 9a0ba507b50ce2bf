import type { ClientRequest, IncomingMessage } from 'node:http'
import type { ClientHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import type { Answer, IterationStatuses } from './status-book.ts'
import { subscribeAll } from './subscribe-all.ts'

// On the request itself: a WeakMap of so many short-lived keys costs the collector more than the rest.
const askerKey = Symbol('sessionbench.asker')
// On the socket: node:http2 shows it through a proxy only, which no WeakSet knows.
const ofUndiciKey = Symbol('sessionbench.ofUndici')

interface Asked {
  [askerKey]?: IterationStatuses | undefined
}
interface UndiciMessage {
  readonly request: Asked & { readonly method: string; readonly origin?: string | URL; readonly path: string }
  readonly response?: { readonly statusCode: number }
}
interface HttpMessage {
  readonly request: ClientRequest & Asked
  readonly response?: IncomingMessage
}
interface Http2Message {
  readonly stream: ClientHttp2Stream & Asked
  readonly headers: Readonly<Record<string, unknown>>
}
type UndiciSocket = Socket & { [ofUndiciKey]?: true }

/**
 * Says what requests are answered with, of undici, node:http, node:http2 and all that is built on them; what is `idle` is not
 * looked at more closely. Returns the end of it.
 */
export function hearAnswers(isIdle: (status: number) => boolean, onAnswer: (answer: Answer) => void): () => void {
  return subscribeAll({
    'undici:request:headers': ({ request, response }: UndiciMessage) => {
      const status = response?.statusCode ?? 0
      // CONNECT is for a proxy, and not a request to the target.
      if (isIdle(status) || request.method === 'CONNECT') return
      const { method, origin = '', path, [askerKey]: asker } = request
      onAnswer({ status, method, url: `${origin}${path}`, asker })
    },
    // Its name notwithstanding, this says that the head of the response is there.
    'http.client.response.finish': ({ request, response }: HttpMessage) => {
      const status = response?.statusCode ?? 0
      if (isIdle(status)) return
      const { method, protocol, path, [askerKey]: asker } = request
      onAnswer({ status, method, url: `${protocol}//${request.getHeader('host') ?? request.host}${path}`, asker })
    },
    'undici:client:connected': ({ socket }: { readonly socket: UndiciSocket }) => {
      socket[ofUndiciKey] = true
    },
    'http2.client.stream.finish': ({ stream, headers }: Http2Message) => {
      const status = Number(headers[':status'])
      const { session, [askerKey]: asker } = stream
      if (isIdle(status) || session === undefined || session.destroyed) return
      // undici speaks HTTP/2 by node:http2, in whatever context, and tells itself what is answered.
      if ((session.socket as UndiciSocket)[ofUndiciKey]) return
      const { ':method': method, ':scheme': scheme, ':authority': authority, ':path': path } = stream.sentHeaders
      onAnswer({ status, method: `${method}`, url: `${scheme}://${authority}${path}`, asker })
    },
  })
}

/** Notes on each request in whose asynchronous context it is asked. Returns the end of it. */
export function hearAskers(current: () => IterationStatuses | undefined): () => void {
  const askedThrough = makeAskedThrough(current)
  let dispatched: Asked | undefined
  return subscribeAll({
    // undici creates a request of Session that has waited in a pool in the context of whoever made room for it.
    'sessionbench:session:ask': ({ exchange }: { readonly exchange: Asked }) => {
      exchange[askerKey] = current()
    },
    'sessionbench:session:dispatch': ({ exchange }: { readonly exchange: Asked }) => {
      dispatched = exchange
    },
    'undici:request:create': ({ request }: UndiciMessage) => {
      if (request.method === 'CONNECT') return
      request[askerKey] = (dispatched ?? askedThrough(request))[askerKey]
      dispatched = undefined
    },
    'http.client.request.created': ({ request }: HttpMessage) => {
      request[askerKey] = current()
    },
    'http2.client.stream.created': ({ stream }: Http2Message) => {
      stream[askerKey] = current()
    },
  })
}

/**
 * undici's retries are asked in the context of the connection that brought the last answer, which another iteration may have
 * opened. What takes the answers is the same for all of them; its first asker is theirs. Where it is not to be found, the
 * context has to do.
 */
function makeAskedThrough(current: () => IterationStatuses | undefined) {
  const handlerKeys: symbol[] = []
  /** Each copy of undici has a key of its own. */
  const findHandlerKey = (request: object): symbol | undefined => {
    const key = Object.getOwnPropertySymbols(request).find(({ description }) => description === 'handler')
    if (key !== undefined) handlerKeys.push(key)
    return key
  }
  return (request: object): Asked => {
    const key = handlerKeys.find((known) => known in request) ?? findHandlerKey(request)
    const handler = key && (request as { readonly [key: symbol]: Asked | undefined })[key]
    if (typeof handler !== 'object' || !Object.isExtensible(handler)) return { [askerKey]: current() }
    handler[askerKey] ??= current()
    return handler
  }
}
