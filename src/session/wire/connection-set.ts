import type { Connection } from './connection.ts'

/** The connections of one pool: which ones there are, and which can take a request. */
export class ConnectionSet {
  readonly #open = new Set<Connection>()
  // Those that finish what they have begun, and take no place any more.
  #leaving: Set<Connection> | undefined
  // Last used first: the others may idle out, as they should.
  readonly #available: Connection[] = []

  /** How many there are, those that are leaving not counted. */
  get size(): number {
    return this.#open.size
  }

  get idleCount(): number {
    return this.#available.filter(({ inFlight, usable }) => inFlight === 0 && usable).length
  }

  add(connection: Connection): void {
    this.#open.add(connection)
  }

  /** Names it among those that can take a request, when it can. */
  list(connection: Connection): void {
    if (connection.listed || connection.full || !connection.usable) return
    connection.listed = true
    this.#available.push(connection)
  }

  /** One that can take a request; not listed any more. */
  take(): Connection | undefined {
    for (let connection = this.#available.pop(); connection !== undefined; connection = this.#available.pop()) {
      connection.listed = false
      // A full one was listed before it filled up, and is listed again when it has room.
      if (connection.usable && !connection.full) return connection
      if (!connection.usable && connection.inFlight === 0) this.drop(connection)
    }
    return undefined
  }

  /** Ends one that carries nothing, if there is one. */
  dropIdle(): void {
    const idle = this.#available.find(({ inFlight }) => inFlight === 0)
    if (idle !== undefined) this.drop(idle)
  }

  /** It carries no more: makes room at once, and closes when it has finished what it has begun. */
  retire(connection: Connection): void {
    if (connection.inFlight === 0 || connection.closed) return void this.drop(connection)
    this.remove(connection)
    this.#leaving ??= new Set()
    this.#leaving.add(connection)
  }

  drop(connection: Connection): void {
    this.remove(connection)
    connection.destroy()
  }

  remove(connection: Connection): void {
    this.#leaving?.delete(connection)
    this.#open.delete(connection)
    if (!connection.listed) return
    connection.listed = false
    this.#available.splice(this.#available.indexOf(connection), 1)
  }

  closeAll(): void {
    for (const connection of [...this.#open, ...(this.#leaving ?? [])]) this.drop(connection)
  }
}
