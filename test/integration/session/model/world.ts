import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import {
  type HttpResponse,
  type OneOffOptions,
  request,
  Session,
  type SessionOptions,
} from '../../../../src/session/index.ts'
import type { Identity } from '../test-servers.ts'
import { type Accept, type Behaviour, HONEST } from './behaviours.ts'
import { openPeer, type Peer, type Way } from './open-peer.ts'

/** How the session of one scenario is set up. */
export type Setup = {
  readonly way: Way
  readonly connections: number
  readonly pipelining: number
  readonly block: boolean
  readonly maxRequests: number
  readonly retry: number
  /** What the peer does with its nth connection; beyond, it serves. */
  readonly accepts: readonly Accept[]
}

/** One call, and what is done with its response. */
export type CallPlan = {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT'
  readonly behaviour: Behaviour
  readonly body: 'none' | 'bytes' | 'large' | 'stream' | 'endless'
  readonly reading: 'bytes' | 'unread' | 'half' | 'cancel' | 'lines' | 'discard'
  /** After how many turns of which queue it is aborted. */
  readonly abort: readonly [queue: 'microtasks' | 'turns', count: number] | null
  readonly totalMs: number
}

const TIMEOUTS = { connect: 400, headers: 120, body: 120, pool: 250 }

/** What everything has to be over in, whatever the machine is busy with besides: far beyond every limit that is set. */
const PATIENCE_MS = 20_000

/** Plain calls that may fail in the end, for what the peer does to its first connections and for what was left on old ones. */
const MOST_TRIES = 30

/** Every client's socket, until it is destroyed. */
const sockets = new Set<Socket>()
subscribe('net.client.socket', (message) => {
  const { socket } = message as { socket: Socket }
  sockets.add(socket)
  socket.once('close', () => sockets.delete(socket))
})

/** One scenario under way: a peer, a session, and the calls made so far. */
export class World implements AsyncDisposable {
  readonly peer: Peer
  readonly #setup: Setup
  readonly #session: Session | undefined
  readonly #oneOff: OneOffOptions
  readonly #calls: Promise<unknown>[] = []
  readonly #uploads: Promise<unknown>[] = []
  readonly #held: (() => Promise<unknown>)[] = []
  readonly #posted = new Set<string>()
  #exchanges = 0
  #answered = 0
  #lastError: unknown
  #isHonest: boolean
  #stale: unknown
  #mayMix = false
  #mayRepeat = false

  static async open(
    setup: Setup,
    identities: { readonly authority: Identity; readonly leaf: Identity },
  ): Promise<World> {
    return new World(setup, await openPeer(setup.way, setup.accepts, identities.leaf), identities.authority.cert)
  }

  private constructor(setup: Setup, peer: Peer, ca: string) {
    this.peer = peer
    this.#setup = setup
    this.#isHonest = setup.way !== 'h2' && setup.accepts.every((accept) => HONEST.has(accept))
    const { way, connections, pipelining, block, maxRequests, retry } = setup
    const options: SessionOptions = {
      ca,
      allowH2: way === 'h2',
      timeoutMs: TIMEOUTS,
      retry: { total: retry, methods: ['GET', 'HEAD', 'PUT'] },
      ...proxiesOf(way, peer.port),
    }
    this.#oneOff = { timeoutMs: TIMEOUTS, retry: { total: retry, methods: ['GET', 'HEAD', 'PUT'] } }
    const pool = { connections, pipelining, block, unreadBodyTimeoutMs: 30, maxRequestsPerConnection: maxRequests }
    this.#session = way === 'one-shot' ? undefined : new Session({ ...options, pool })
  }

  get calls(): number {
    return this.#calls.length
  }

  /** Starts a call; nobody waits for it yet. */
  call(plan: CallPlan): void {
    const id = `c${this.#calls.length}`
    const { way, retry } = this.#setup
    const origin = `${way === 'tls' || way === 'h2' || way === 'connect' ? 'https' : 'http'}://127.0.0.1:${this.peer.port}`
    const stop = new AbortController()
    const options = {
      timeoutMs: { ...TIMEOUTS, total: plan.totalMs },
      signal: stop.signal,
      ...this.#bodyOf(plan),
    }
    const url = `${origin}/${id}/${plan.behaviour}`
    this.#isHonest &&= HONEST.has(plan.behaviour)
    if (plan.method === 'POST') this.#posted.add(id)
    // The peer says that it has looked at nothing, and may have.
    this.#mayRepeat ||= plan.behaviour === 'goaway-all' || plan.behaviour === 'goaway-error'
    // An answer too many is taken for the next request's: nobody can tell, who has sent one already.
    this.#mayMix ||= plan.behaviour === 'extra' && this.#setup.pipelining > 1
    this.#exchanges += (1 + retry) * (plan.behaviour === 'redirect' ? 2 : 1)
    const response =
      this.#session?.request(plan.method, url, options) ?? request(plan.method, url, { ...this.#oneOff, ...options })
    if (plan.abort !== null) void abortLater(stop, plan.abort)
    const done = response
      .then((arrived) => this.#read(arrived, plan, id))
      .then(undefined, (error) => {
        this.#lastError = error
        if ((error as { code?: unknown }).code === 'CONNECTION_STALE') this.#stale = error
        if (error instanceof Broken) throw error
      })
    this.#calls.push(within(done, `call ${id}: ${JSON.stringify(plan)}`))
  }

  /** Waits until every call so far has come to its end. */
  async settle(): Promise<void> {
    await Promise.all(this.#calls)
  }

  /** Ends everything, and checks what must hold then. */
  async finish(how: 'close' | 'destroy'): Promise<void> {
    if (how === 'destroy') await this.#session?.destroy()
    await this.settle()
    await within(Promise.all(this.#held.map((release) => release())), 'bodies given up')
    if (how === 'close') await within(this.#works(), 'plain calls in vain')
    await within(Promise.resolve(this.#session?.[how]()), `${how}()`)
    await within(Promise.all(this.#uploads), 'streams of bodies closed')
    await within(this.#noneOpen(), 'connections closed')
    this.#checkCounts()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session?.destroy()
    await this.peer[Symbol.asyncDispose]()
  }

  /** Whatever has been, a plain call is answered; each of the peer's whims may cost one before. */
  async #works(): Promise<void> {
    const plan = { method: 'GET', behaviour: 'ok', body: 'none', reading: 'bytes', abort: null, totalMs: 0 } as const
    const before = this.#answered
    for (let tries = 0; this.#answered === before; tries += 1) {
      if (tries > MOST_TRIES) throw new Error(`plain calls fail: ${this.#lastError}`)
      this.call(plan)
      await this.#calls.at(-1)
    }
  }

  /** Looked at from the client's side: Node forgets to tell the server of the end of a connection that is reset beneath TLS. */
  async #noneOpen(): Promise<void> {
    const isOpen = ({ destroyed, connecting, remotePort }: Socket) =>
      !destroyed && (connecting || remotePort === this.peer.port)
    while ([...sockets].some(isOpen)) await new Promise((resolve) => setTimeout(resolve, 1))
  }

  #checkCounts(): void {
    const stats = this.#session?.stats()
    const asked = this.calls + (stats?.retries ?? 0) + (stats?.staleResends ?? 0) + this.#redirected()
    if (stats !== undefined) {
      const { busy, pending, idle, connectionsOpened } = stats
      if (busy + pending + idle > 0) throw new Error(`left behind: ${JSON.stringify(stats)}`)
      if (connectionsOpened > asked) throw new Error(`${connectionsOpened} connections for ${asked} requests`)
    }
    // Those too that are given up on the way.
    const most = stats === undefined ? this.#exchanges : asked
    if (this.peer.accepted > most) throw new Error(`${this.peer.accepted} connections, at most ${most} are due`)
    if (this.#isHonest && this.peer.struck === 0 && this.#stale !== undefined)
      throw new Error(`no connection had died: ${this.#stale}`)
    if (this.#mayRepeat) return
    const posts = this.peer.requests.filter(({ id, method }) => method === 'POST' && this.#posted.has(id))
    if (new Set(posts.map(({ id }) => id)).size < posts.length) throw new Error('a POST was sent twice')
  }

  #redirected(): number {
    return this.peer.requests.filter(({ behaviour }) => behaviour === 'redirect').length
  }

  #bodyOf({ body }: CallPlan): { body?: string | Uint8Array | Readable } {
    if (body === 'none') return {}
    if (body === 'bytes') return { body: 'some bytes' }
    if (body === 'large') return { body: Buffer.alloc(3_000_000) }
    const stream = Readable.from(pieces(body === 'endless' ? Number.POSITIVE_INFINITY : 4), { objectMode: false })
    this.#uploads.push(new Promise((resolve) => stream.once('close', resolve)))
    return { body: stream }
  }

  async #read(response: HttpResponse, { reading, behaviour, method }: CallPlan, id: string): Promise<void> {
    // Nobody ever waits for a connection of its own, so that nothing but its reader ends what is left.
    const isLeft = this.#session !== undefined
    if (reading === 'unread') {
      if (!isLeft) this.#held.push(() => response.discard())
      return
    }
    if (reading === 'discard') return response.discard()
    if (reading === 'half' || reading === 'cancel') {
      const reader = response.stream().getReader()
      await reader.read()
      if (reading === 'cancel') await reader.cancel()
      else if (!isLeft) this.#held.push(() => reader.cancel())
      return
    }
    if (reading === 'lines') {
      for await (const _line of response.lines()) return
      return
    }
    const text = await response.text()
    if (response.ok) this.#answered += 1
    const whole = method !== 'HEAD' && response.status !== 303 && !this.#mayMix
    if (whole && !text.startsWith(`${id}.`)) {
      throw new Broken(`${id} (${behaviour}) was answered with ${JSON.stringify(text.slice(0, 30))}`)
    }
  }
}

/** What must never be; everything else that a call may end with is fine. */
class Broken extends Error {}

function proxiesOf(way: Way, port: number): { proxies?: string } {
  if (way === 'forward' || way === 'connect') return { proxies: `http://127.0.0.1:${port}` }
  return way === 'socks' ? { proxies: `socks5h://127.0.0.1:${port}` } : {}
}

async function abortLater(stop: AbortController, [queue, count]: NonNullable<CallPlan['abort']>): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) {
    await (queue === 'microtasks' ? undefined : new Promise((resolve) => setImmediate(resolve)))
  }
  stop.abort(new Error('enough'))
}

async function* pieces(count: number): AsyncGenerator<Buffer> {
  for (let piece = 0; piece < count; piece += 1) {
    yield Buffer.alloc(2_000, 'x')
    await new Promise((resolve) => setImmediate(resolve))
  }
}

async function within<T>(work: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no end of ${what}`)), PATIENCE_MS)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
