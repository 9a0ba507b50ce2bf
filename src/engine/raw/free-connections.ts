import type { LoadConnection } from './load-connection.ts'

/** Connections that may be sent a request. The one that was free last is taken first, as pools do: those that nobody needs stay out of it. */
export class FreeConnections {
  readonly #free: LoadConnection[] = []

  list(connection: LoadConnection): void {
    if (connection.isListed || connection.free === 0) return
    connection.isListed = true
    this.#free.push(connection)
  }

  take(): LoadConnection | undefined {
    for (let one = this.#free.pop(); one !== undefined; one = this.#free.pop()) {
      one.isListed = false
      if (one.free > 0) return one
    }
    return undefined
  }
}
