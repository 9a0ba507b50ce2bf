import type { Exchange } from './exchange.ts'
import type { Opening } from './exchange-owner.ts'

/** Second tries go before everybody else: they were asked before. */
const SECOND_TRIES_FIRST = 2 ** 40

/**
 * The exchanges that wait for a connection, in order of asking, and the connections that are opened for them: never more
 * than have places for all, each for one of them. What comes to pass is given to the first, whomever it was opened for.
 */
export class WaitingLine {
  /** How many exchanges the next connection is likely to carry at a time. */
  places: number
  readonly #exchanges: Exchange[] = []
  // Oldest first.
  readonly #openings: Opening<Exchange>[] = []
  #turns = 0

  constructor(places: number) {
    this.places = places
  }

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

  /** True when the connections on their way have places for everybody. */
  get covered(): boolean {
    let places = 0
    for (const { single } of this.#openings) places += single ? 1 : this.places
    return places >= this.#exchanges.length
  }

  /** The first for whom a connection is to be opened; undefined when enough are on their way. */
  get uncovered(): Exchange | undefined {
    return this.covered ? undefined : this.#exchanges.find(({ opening }) => opening === undefined)
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

  /** Its opening is handed on, and stays while somebody else can use it; see `abandonSurplus`. */
  leave(exchange: Exchange): void {
    const index = this.#exchanges.indexOf(exchange)
    if (index === 0) this.#exchanges.shift()
    else if (index > 0) this.#exchanges.splice(index, 1)
    const { opening } = exchange
    if (opening === undefined) return
    exchange.opening = undefined
    opening.for = this.#exchanges.find((other) => other.opening === undefined)
    if (opening.for !== undefined) opening.for.opening = opening
  }

  /** A connection is being opened for this exchange. */
  begin(exchange: Exchange, { single }: Pick<Opening<Exchange>, 'single'>): Opening<Exchange> {
    const opening: Opening<Exchange> = { for: exchange, socket: undefined, single }
    exchange.opening = opening
    this.#openings.push(opening)
    return opening
  }

  /** The opening is over, well or not; false when it had been given up before. */
  end(opening: Opening<Exchange>): boolean {
    const index = this.#openings.indexOf(opening)
    if (index < 0) return false
    this.#openings.splice(index, 1)
    if (opening.for !== undefined) opening.for.opening = undefined
    return true
  }

  /** Gives up the openings that nobody waits for any more, newest first. */
  abandonSurplus(): void {
    for (let at = this.#openings.length - 1; at >= 0 && this.#openings.length > this.#exchanges.length; at -= 1) {
      const opening = this.#openings[at] as Opening<Exchange>
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

  #abandon(opening: Opening<Exchange>, reason?: Error): void {
    this.end(opening)
    opening.socket?.destroy(reason)
  }
}
