import { createServer, type Server } from 'node:net'
import { type MessagePort, parentPort } from 'node:worker_threads'
import type { Bound } from '../listen.ts'
import { Pacer } from '../pacer.ts'
import { realClock } from '../real-clock.ts'
import { makeTransit } from './link-shape.ts'
import type { LinkReply, LinkRequest } from './messages.ts'
import { type Link, relay } from './relay.ts'

// The entry of the link worker: a thread of its own, so that its spinning never holds up the server's event loop.
if (!parentPort) throw new Error('link/worker is started by the fixture server as a worker thread')
const port: MessagePort = parentPort

interface OpenLink {
  readonly server: Server
  readonly closers: Set<() => void>
}

const links = new Map<number, OpenLink>()
const pacer = new Pacer(realClock)

port.on('message', (request: LinkRequest) => {
  switch (request.kind) {
    case 'open':
      return open(request)
    case 'close':
      return close(request.id)
    default:
      throw new Error(`Unknown link request ${JSON.stringify(request satisfies never)}`)
  }
})

function open({ id, host, target, shape }: Extract<LinkRequest, { kind: 'open' }>): void {
  const link: Link = {
    host: target.address,
    targetPort: target.port,
    rttMs: shape.rttMs,
    pacer,
    now: realClock.now,
    up: makeTransit(shape, 'up'),
    down: makeTransit(shape, 'down'),
  }
  const closers = new Set<() => void>()
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const closer = relay(client, link)
    closers.add(closer)
    client.once('close', () => closers.delete(closer))
  })
  server.once('error', (error) => answer({ kind: 'failed', id, message: error.message }))
  server.listen({ host, port: 0 }, () => {
    links.set(id, { server, closers })
    answer({ kind: 'opened', id, bound: server.address() as Bound })
  })
}

function close(id: number): void {
  const link = links.get(id)
  links.delete(id)
  for (const closer of link?.closers ?? []) closer()
  if (link) link.server.close(() => answer({ kind: 'closed', id }))
  else answer({ kind: 'closed', id })
}

function answer(reply: LinkReply): void {
  port.postMessage(reply)
}
