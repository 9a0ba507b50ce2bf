import { createServer, type Server } from 'node:net'
import { type MessagePort, parentPort } from 'node:worker_threads'
import type { Bound } from '../listen.ts'
import { Pacer } from '../pacer.ts'
import { realClock } from '../real-clock.ts'
import { LatenessBook } from './lateness.ts'
import { makeTransit } from './link-shape.ts'
import type { LinkMessage, LinkReply, LinkRequest } from './messages.ts'
import { type Link, relay } from './relay.ts'

// The entry of the link worker: a thread of its own, so that its spinning never holds up the server's event loop.
if (!parentPort) throw new Error('link/worker is started by the fixture server as a worker thread')
const port: MessagePort = parentPort

interface OpenLink {
  readonly lateness: LatenessBook
  setRttMs(rttMs: number): void
  readonly server: Server
  readonly closers: Set<() => void>
}

// The far side's answer mostly comes within it. The time that a sleeping relay takes to wake up would be added to all of them.
const awakeMs = 2

const links = new Map<number, OpenLink>()
const pacer = new Pacer(realClock)

port.on('message', ({ message, body }: LinkMessage<LinkRequest>) => {
  const answer = (reply: LinkReply) => port.postMessage({ message, body: reply } satisfies LinkMessage<LinkReply>)
  const { id, kind } = body
  switch (kind) {
    case 'open':
      return open(body, answer)
    case 'close':
      return close(id, () => answer({ kind, id }))
    case 'set':
      links.get(id)?.setRttMs(body.rttMs)
      return answer({ kind, id })
    case 'read':
      return answer({ kind, id, lateness: (links.get(id)?.lateness ?? new LatenessBook()).take() })
    default:
      throw new Error(`Unknown link request ${JSON.stringify(body satisfies never)}`)
  }
})

type OpenRequest = Extract<LinkRequest, { kind: 'open' }>

function open({ id, host, target, shape: asked }: OpenRequest, answer: (reply: LinkReply) => void): void {
  const shape = { ...asked }
  const lateness = new LatenessBook()
  const link: Link = {
    host: target.address,
    targetPort: target.port,
    get rttMs() {
      return shape.rttMs
    },
    pacer,
    lateness,
    awakeMs,
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
    const setRttMs = (rttMs: number) => {
      shape.rttMs = rttMs
    }
    links.set(id, { server, closers, lateness, setRttMs })
    answer({ kind: 'opened', id, bound: server.address() as Bound })
  })
}

function close(id: number, onClosed: () => void): void {
  const link = links.get(id)
  links.delete(id)
  for (const closer of link?.closers ?? []) closer()
  if (link) link.server.close(onClosed)
  else onClosed()
}
