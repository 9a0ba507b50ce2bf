import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { FixtureError } from '../fixture-error.ts'
import type { Bound } from '../listen.ts'
import type { Lateness } from './lateness.ts'
import type { LinkShape } from './link-shape.ts'
import type { LinkMessage, LinkReply, LinkRequest } from './messages.ts'

interface Ends {
  /** Where the link listens. */
  readonly host: string
  /** Where it leads to. */
  readonly target: Bound
}

interface Waiting {
  resolve(reply: Exclude<LinkReply, { kind: 'failed' }>): void
  reject(error: Error): void
}

// The sources run as they are and the package runs compiled: the worker's file has the extension of this one.
const workerUrl = new URL(`./worker${extname(import.meta.url)}`, import.meta.url)

/** The links of one server, all relayed by one worker thread that is started for the first of them. */
export class Links {
  #worker: Worker | undefined
  #closed = false
  #nextId = 1
  #nextMessage = 1
  readonly #waiting = new Map<number, Waiting>()
  /** Where each open link listens, by its id. */
  readonly #open = new Map<number, Bound>()

  /** Opens a link to a port; answers its id and the port that leads over it. */
  async open(ends: Ends, shape: LinkShape): Promise<{ id: number; port: number }> {
    const id = this.#nextId++
    const reply = await this.#ask({ kind: 'open', id, ...ends, shape })
    const { bound } = reply as Extract<LinkReply, { kind: 'opened' }>
    this.#open.set(id, bound)
    return { id, port: bound.port }
  }

  /** The event loop of the worker; undefined before the first link. */
  get performance(): Worker['performance'] | undefined {
    return this.#worker?.performance
  }

  /** Where the links listen. */
  get bounds(): readonly Bound[] {
    return [...this.#open.values()]
  }

  /** Closes a link and the connections over it; false when there is none with this id. */
  async close(id: number): Promise<boolean> {
    if (!this.#open.delete(id)) return false
    await this.#ask({ kind: 'close', id })
    return true
  }

  /** Gives an open link another distance, for what is sent from now on; false when there is none with this id. */
  async setRttMs(id: number, rttMs: number): Promise<boolean> {
    if (!this.#open.has(id)) return false
    await this.#ask({ kind: 'set', id, rttMs })
    return true
  }

  /** How late pieces have come out of a link since this was last asked; undefined when there is none with this id. */
  async readLateness(id: number): Promise<Lateness | undefined> {
    if (!this.#open.has(id)) return undefined
    const reply = await this.#ask({ kind: 'read', id })
    return (reply as Extract<LinkReply, { kind: 'read' }>).lateness
  }

  async end(): Promise<void> {
    this.#closed = true
    await this.#worker?.terminate()
  }

  #ask(request: LinkRequest): Promise<Exclude<LinkReply, { kind: 'failed' }>> {
    if (this.#closed) return Promise.reject(new FixtureError('closed', 'The fixture server is closed'))
    this.#worker ??= this.#start()
    const message = this.#nextMessage++
    this.#worker.postMessage({ message, body: request } satisfies LinkMessage<LinkRequest>)
    return new Promise((resolve, reject) => this.#waiting.set(message, { resolve, reject }))
  }

  #start(): Worker {
    const worker = new Worker(workerUrl)
    worker.on('message', (answer: LinkMessage<LinkReply>) => this.#settle(answer))
    worker.on('error', (error) =>
      this.#fail(new FixtureError('cannot-listen', 'The link worker failed', { cause: error })),
    )
    worker.on('exit', () => this.#fail(new FixtureError('closed', 'The link worker has ended')))
    return worker
  }

  #settle({ message, body: reply }: LinkMessage<LinkReply>): void {
    const waiting = this.#waiting.get(message)
    this.#waiting.delete(message)
    if (reply.kind === 'failed') waiting?.reject(new FixtureError('cannot-listen', reply.message))
    else waiting?.resolve(reply)
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
    this.#open.clear()
    this.#worker = undefined
  }
}
