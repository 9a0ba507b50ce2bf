import type { Dispatcher } from 'undici'
import type { WireRequest, WireResponse } from './transport.ts'

/** What is used of undici's. */
export type Controller = Pick<Dispatcher.DispatchController, 'abort' | 'pause' | 'resume'>

/** What a connection carries: undici's handler of one request, that may be given back. */
export interface Carried<Carrier> extends Dispatcher.DispatchHandler {
  readonly request: WireRequest
  /** Set while it has one. */
  connection: Carrier | undefined
  onRequestStart(controller: Controller): void
  onBodySent(): void
  onResponseStarted(): void
  onResponseStart(controller: Controller, status: number, headers: WireResponse['headers'], statusText?: string): void
  onResponseData(controller: Controller, chunk: Buffer): void
  onResponseEnd(): void
  onResponseError(controller: Controller | null, error: Error): void
  /** The server has not seen it, or says that it will not look at it: as if it had never been sent. */
  refused(error: Error): void
}
