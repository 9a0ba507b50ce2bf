import type { Socket } from 'node:net'
import type { Exchange } from './exchange.ts'

/** A connection on its way. */
export type Opening = {
  /** Whom it is opened for, as long as that one waits: its failure is theirs. Without one it serves whoever is first. */
  for: Exchange | undefined
  socket: Socket | undefined
}

/** Second tries go before everybody else: they were asked before. */
const SECOND_TRIES_FIRST = 2 ** 40

/**
 * The exchanges that wait for a connection, in order of asking, and the connections that are opened for them: never more
 * than wait, each for one of them. What comes to pass is given to the first, whomever it was opened for.
 */
export class WaitingLine {
  readonly #exchanges: Exchange[] = []
  // Oldest first.
  readonly #openings: Opening[] = []
  #turns = 0

  get length(): number {
    return this.#exchanges.length
  }

  /** Connections on their way. */
  get openings(): number {
    return this.#openings.length
  }

  /** Whoever waits longest. */
  get first(): Exchange | undefined {
    return this.#exchanges[0]
  }

  [Symbol.iterator](): Iterator<Exchange> {
    return [...this.#exchanges].values()
  }

  /** Whoever waits longest among those that the connection with this number may serve. */
  firstFor(serial: number): Exchange | undefined {
    return this.#exchanges.find(({ newerThan }) => newerThan < serial)
  }

  /** True when everybody who waits wants a connection newer than those that are there. */
  get wantsNewOnly(): boolean {
    return this.#exchanges.every(({ request }) => request.fresh)
  }

  /** The first for whom a connection is to be opened; undefined when enough are on their way. */
  get uncovered(): Exchange | undefined {
    if (this.#openings.length >= this.#exchanges.length) return undefined
    return this.#exchanges.find(({ opening }) => opening === undefined)
  }

  /** Gives it its turn, should it have to wait. */
  number(exchange: Exchange): void {
    this.#turns += 1
    exchange.turn = exchange.request.fresh ? this.#turns - SECOND_TRIES_FIRST : this.#turns
  }

  /** Takes a place by turn: one that comes back from a dead connection goes before those who asked later. */
  enter(exchange: Exchange): void {
    const { turn } = exchange
    const last = this.#exchanges.at(-1)
    // A newcomer, which is the rule.
    if (last === undefined || last.turn < turn) this.#exchanges.push(exchange)
    else
      this.#exchanges.splice(
        this.#exchanges.findIndex((other) => other.turn > turn),
        0,
        exchange,
      )
  }

  /** Its opening stays while somebody else can use it; see `takeSurplus`. */
  leave(exchange: Exchange): void {
    const index = this.#exchanges.indexOf(exchange)
    if (index === 0) this.#exchanges.shift()
    else if (index > 0) this.#exchanges.splice(index, 1)
    if (exchange.opening !== undefined) exchange.opening.for = undefined
    exchange.opening = undefined
  }

  /** A connection is being opened for this exchange. */
  begin(exchange: Exchange): Opening {
    const opening: Opening = { for: exchange, socket: undefined }
    exchange.opening = opening
    this.#openings.push(opening)
    return opening
  }

  /** The opening is over, well or not; false when it had been given up before. */
  end(opening: Opening): boolean {
    const index = this.#openings.indexOf(opening)
    if (index < 0) return false
    this.#openings.splice(index, 1)
    if (opening.for !== undefined) opening.for.opening = undefined
    return true
  }

  /** Gives up the openings that nobody waits for any more, newest first. */
  abandonSurplus(): void {
    for (let at = this.#openings.length - 1; at >= 0 && this.#openings.length > this.#exchanges.length; at -= 1) {
      const opening = this.#openings[at] as Opening
      if (opening.for === undefined) this.#abandon(opening)
    }
  }

  /** Sends everybody away, and gives up all that is on its way. */
  disperse(reason: Error): void {
    for (const exchange of this.#exchanges.splice(0)) {
      if (exchange.opening !== undefined) exchange.opening.for = undefined
      exchange.opening = undefined
      exchange.fail(reason)
    }
    for (const opening of [...this.#openings]) this.#abandon(opening, reason)
  }

  #abandon(opening: Opening, reason?: Error): void {
    this.end(opening)
    opening.socket?.destroy(reason)
  }
}
