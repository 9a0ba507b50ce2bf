import { stoppable } from './body/body-source.ts'
import type { HttpResponse } from './response.ts'

/**
 * What a call returns: the promise of its response, which can be asked for the body at once. Each reader works as
 * `HttpResponse`'s of the same name, and fails as the call does. No status is an error, unless `raiseForStatus` makes it one.
 * @example const user = await session.get('/me', { raiseForStatus: true }).json()
 */
export type ResponsePromise = Promise<HttpResponse> & {
  /** The whole body as JSON. */
  json<T = unknown>(): Promise<T>
  /** The whole body as text. */
  text(): Promise<string>
  /** The whole body, decoded. */
  bytes(): Promise<Uint8Array>
  /** The body in pieces; reading it fails when the call does. @example for await (const piece of session.get('/log').stream()) … */
  stream(): ReadableStream<Uint8Array>
  /** The body's lines; reading them fails when the call does. @example for await (const line of session.get('/log').lines()) … */
  lines(): AsyncGenerator<string>
}

const readers: ThisType<Promise<HttpResponse>> = {
  json() {
    return this.then((response) => response.json())
  },
  text() {
    return this.then((response) => response.text())
  },
  bytes() {
    return this.then((response) => response.bytes())
  },
  stream() {
    const opening = handled(this.then((response) => response.stream().getReader()))
    return new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const { done, value } = await (await opening).read()
          if (done) controller.close()
          else controller.enqueue(value)
        },
        cancel: (reason) => void opening.then((reader) => reader.cancel(reason)).catch(() => {}),
      },
      { highWaterMark: 0 },
    )
  },
  lines() {
    const opening = handled(this.then((response) => response.lines()))
    const inner = (async function* () {
      yield* await opening
    })()
    return stoppable(inner, () => void opening.then((lines) => lines.return(undefined)).catch(() => {}))
  },
}

// Not a subclass: `constructor` stays Promise, so that `await` takes the promise itself and derived ones are plain.
const prototype = Object.create(Promise.prototype, Object.getOwnPropertyDescriptors(readers))

/**
 * Gives a call's promise its readers. The promise stays the object that it is, and the readers are made when they are asked
 * for: a call that is awaited pays for a change of prototype, a hundredth of what it costs.
 */
export function withReaders(call: Promise<HttpResponse>): ResponsePromise {
  return Object.setPrototypeOf(call, prototype)
}

/** A failure is for whoever reads, which may be later or never: not an unhandled rejection. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}
