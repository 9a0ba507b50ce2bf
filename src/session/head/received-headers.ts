import { type InspectOptions, inspect } from 'node:util'
import type { HttpHeaders } from './headers.ts'

// The same class; its types declare fields where it has methods, and fields cannot be overridden.
const PlatformHeaders = Headers as unknown as new () => Omit<Headers, 'append' | 'delete' | 'set'>

/** Headers that cannot be changed, as those of a fetched response cannot. */
export class ReceivedHeaders extends PlatformHeaders implements Headers {
  readonly #received: HttpHeaders

  constructor(received: HttpHeaders) {
    super()
    this.#received = received
    const append = Headers.prototype.append.bind(this)
    for (const name of received.keys()) for (const value of received.getAll(name)) append(name, value)
  }

  append(): never {
    throw new TypeError('immutable')
  }

  delete(): never {
    throw new TypeError('immutable')
  }

  set(): never {
    throw new TypeError('immutable')
  }
  /** In the console: no credential, where the platform's shows all. */
  [Symbol.for('nodejs.util.inspect.custom')](depth: number, options: InspectOptions): string {
    return `Headers ${inspect(this.#received.toJSON(), { ...options, depth: options.depth ?? depth })}`
  }
}
