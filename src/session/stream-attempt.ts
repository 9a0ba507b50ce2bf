import type { Dispatcher } from 'undici'
import type { Exchange } from './exchange.ts'
import { unsentError } from './map-error.ts'

/**
 * One exchange on one HTTP/2 connection. undici holds it in the exchange's place, and may hold it for long after the
 * server has said that it takes no more requests: so that the exchange can go elsewhere, it is let go of here.
 */
export class StreamAttempt implements Dispatcher.DispatchHandler {
  /** Its stream has been opened. */
  started = false
  readonly #attempts: StreamAttempt[]
  #exchange: Exchange | undefined

  constructor(exchange: Exchange, attempts: StreamAttempt[]) {
    this.#exchange = exchange
    this.#attempts = attempts
    attempts.push(this)
  }

  /** Lets go of the exchange: it is as if it had never been here. */
  release(): Exchange | undefined {
    const exchange = this.#exchange
    this.#exchange = undefined
    this.#leave()
    return exchange
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // undici drops what throws here, without a stream.
    if (this.#exchange === undefined) throw unsentError()
    this.started = true
    // A stream that was refused is opened once more by undici, behind the others.
    this.#leave()
    this.#attempts.push(this)
    this.#exchange.onRequestStart(controller)
  }

  onBodySent(): void {
    this.#exchange?.onBodySent()
  }

  onResponseStarted(): void {
    this.#exchange?.onResponseStarted()
  }

  onResponseStart(...response: Parameters<Exchange['onResponseStart']>): void {
    this.#exchange?.onResponseStart(...response)
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#exchange?.onResponseData(controller, chunk)
  }

  onResponseEnd(): void {
    this.release()?.onResponseEnd()
  }

  onResponseError(controller: Dispatcher.DispatchController | null, error: Error): void {
    this.release()?.onResponseError(controller, error)
  }

  #leave(): void {
    const index = this.#attempts.indexOf(this)
    if (index >= 0) this.#attempts.splice(index, 1)
  }
}
