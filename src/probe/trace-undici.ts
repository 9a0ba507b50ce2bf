import type { Socket } from 'node:net'
import type { RequestTrace } from './iteration-trace.ts'
import type { Asked, RequestObserver } from './request-observer.ts'
import { subscribeAll } from './subscribe-all.ts'

// What is known of a request hangs on its object: a WeakMap of so many short-lived keys costs the collector more than the rest.
const traceKey = Symbol('sessionbench.trace')

interface UndiciMessage {
  readonly request: { [traceKey]?: RequestTrace; readonly method?: string }
  readonly socket?: Socket
  readonly response?: { readonly statusCode: number }
}

/** Follows the requests of every undici in this process, Node's own fetch included. Returns what ends it. */
export function traceUndici(observer: RequestObserver): () => void {
  return subscribeAll({
    'undici:request:create': ({ request }: UndiciMessage) => {
      // CONNECT is part of opening a connection.
      if (request.method !== 'CONNECT') request[traceKey] = observer.begin()
    },
    'undici:client:sendHeaders': ({ request, socket }: UndiciMessage) => observer.send(request[traceKey], socket),
    'undici:request:headers': ({ request, response }: UndiciMessage) =>
      observer.answer(request[traceKey], response?.statusCode),
    'undici:request:trailers': ({ request }: UndiciMessage) => observer.end(request[traceKey]),
    'undici:request:error': ({ request }: UndiciMessage) => observer.fail(request[traceKey]),
  })
}

const askKey = Symbol('sessionbench.ask')

interface SessionMessage {
  readonly exchange: { [askKey]?: Asked }
}

/**
 * Session's own channels say who asked and since when, which undici cannot know of a request that waited in a pool: it is
 * created when a connection comes free, in the asynchronous context of whoever freed it.
 */
export function traceSession(observer: RequestObserver): () => void {
  return subscribeAll({
    'sessionbench:session:ask': ({ exchange }: SessionMessage) => {
      exchange[askKey] = observer.ask()
    },
    'sessionbench:session:dispatch': ({ exchange }: SessionMessage) => observer.dispatch(exchange[askKey]),
  })
}
