import type { Dispatcher } from 'undici'
import { DRAIN_LIMIT_BYTES, DRAIN_LIMIT_MS } from '../body/drained-body.ts'
import type { Carried } from './carried.ts'

type Controller = Dispatcher.DispatchController

/**
 * One exchange on one pipelined HTTP/1.1 connection, where an abort ends the connection, and with it the answer that is coming
 * in. One that is called off behind others is over for its call at once; here its answer is thrown away when its turn comes,
 * within the limits of a body that nobody wants. Beyond, the connection is given up: then no other's answer is coming in.
 */
export class PipelinedAttempt implements Dispatcher.DispatchHandler {
  readonly #exchange: Carried<unknown>
  // Those on its connection, in the order in which their answers come.
  readonly #line: PipelinedAttempt[]
  #controller: Controller | undefined
  #calledOff: Error | undefined
  #discardedBytes = 0
  #timer: NodeJS.Timeout | undefined

  constructor(exchange: Carried<unknown>, line: PipelinedAttempt[]) {
    this.#exchange = exchange
    this.#line = line
    line.push(this)
  }

  /** True while its answer is still due, and nobody waits for it. */
  get calledOff(): boolean {
    return this.#calledOff !== undefined
  }

  // ---- the exchange's side: what it takes for its controller

  abort(reason: Error): void {
    if (this.#line[0] === this) this.#controller?.abort(reason)
    else this.#calledOff = reason
  }

  pause(): void {
    this.#controller?.pause()
  }

  resume(): void {
    this.#controller?.resume()
  }

  // ---- undici's side

  onRequestStart(controller: Controller): void {
    this.#controller = controller
    this.#exchange.onRequestStart(this)
  }

  onBodySent(): void {
    if (!this.calledOff) this.#exchange.onBodySent()
  }

  onResponseStarted(): void {
    if (!this.calledOff) this.#exchange.onResponseStarted()
  }

  onResponseStart(...response: Parameters<Carried<unknown>['onResponseStart']>): void {
    if (!this.calledOff) this.#exchange.onResponseStart(...response)
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.#calledOff === undefined) return void this.#exchange.onResponseData(controller, chunk)
    this.#discardedBytes += chunk.length
    if (this.#discardedBytes > DRAIN_LIMIT_BYTES) controller.abort(this.#calledOff)
  }

  onResponseEnd(): void {
    this.#leave()
    if (!this.calledOff) this.#exchange.onResponseEnd()
  }

  onResponseError(controller: Controller | null, error: Error): void {
    this.#leave()
    if (!this.calledOff) this.#exchange.onResponseError(controller, error)
  }

  #leave(): void {
    clearTimeout(this.#timer)
    this.#line.splice(this.#line.indexOf(this), 1)
    this.#line[0]?.beFirst()
  }

  /** Its turn has come. */
  beFirst(): void {
    const reason = this.#calledOff
    if (reason !== undefined) this.#timer ??= setTimeout(() => this.#controller?.abort(reason), DRAIN_LIMIT_MS)
  }
}
