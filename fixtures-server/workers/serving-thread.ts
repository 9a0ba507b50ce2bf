import { once } from 'node:events'
import { extname } from 'node:path'
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import type { Certificates } from '../certificates.ts'
import { FixtureError } from '../fixture-error.ts'
import type { ResolvedFixtureOptions } from '../options.ts'
import type { ServingAnswers, ServingNotice, ServingOrder, ServingQuestion, ServingSetup } from './messages.ts'

const workerUrl = new URL(`./serving-worker${extname(import.meta.url)}`, import.meta.url)
// A thread that does not answer for so long is not busy but lost.
const answerWithinMs = 10_000

/** A further serving thread, seen from the first one. */
export class ServingThread {
  readonly #worker: Worker
  readonly #port: MessagePort
  readonly #answered = new Int32Array(new SharedArrayBuffer(4))

  private constructor(options: ResolvedFixtureOptions, certificates: Certificates) {
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    const answered = this.#answered.buffer as SharedArrayBuffer
    const setup: ServingSetup = { options, certificates, port: port2, answered }
    this.#worker = new Worker(workerUrl, { workerData: setup, transferList: [port2] })
  }

  /** Starts a thread; its listeners are open when the promise resolves. */
  static async start(options: ResolvedFixtureOptions, certificates: Certificates): Promise<ServingThread> {
    const thread = new ServingThread(options, certificates)
    const notice = await thread.#notice()
    if (notice.kind !== 'failed') return thread
    await thread.#worker.terminate()
    throw new FixtureError('cannot-listen', `A serving thread cannot start: ${notice.message}`)
  }

  /** Asks and stands still until the answer is there, so that the ledger can be read at one moment. */
  ask<K extends ServingQuestion['kind']>(question: Extract<ServingQuestion, { kind: K }>): ServingAnswers[K] {
    Atomics.store(this.#answered, 0, 0)
    this.#port.postMessage(question)
    Atomics.wait(this.#answered, 0, 0, answerWithinMs)
    const answer = receiveMessageOnPort(this.#port) as { message: ServingAnswers[K] } | undefined
    if (!answer) throw new FixtureError('closed', 'A serving thread does not answer')
    return answer.message
  }

  /** Its event loop, read from here without asking it. */
  get performance(): Worker['performance'] {
    return this.#worker.performance
  }

  async settle(): Promise<void> {
    this.#order({ kind: 'settle' })
    await this.#notice()
  }

  async close(drainMs: number): Promise<void> {
    const exited = once(this.#worker, 'exit')
    this.#order({ kind: 'close', drainMs })
    await exited
    this.#port.close()
  }

  #order(order: ServingOrder): void {
    this.#worker.postMessage(order)
  }

  async #notice(): Promise<ServingNotice> {
    const [notice] = await once(this.#worker, 'message')
    return notice as ServingNotice
  }
}
