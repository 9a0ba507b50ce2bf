import { exemplarDefaults } from '../sample/exemplars.ts'
import { type PhaseName, phaseNames } from '../sample/phases.ts'
import type { BagMember } from '../session/bag.ts'

/** What is known of a connection's opening; times are ms of the engine's clock, undefined for what has not happened. */
export interface ConnectionTrace {
  readonly id: number
  readonly openedMs: number
  resolvedMs: number | undefined
  connectedMs: number | undefined
  securedMs: number | undefined
  tls: 'tlsFull' | 'tlsResumed' | undefined
  /** Requests sent over it. */
  requests: number
}

/** What is known of a request. */
export interface RequestTrace {
  readonly iteration: IterationTrace | undefined
  readonly askedMs: number
  connection: ConnectionTrace | undefined
  isReused: boolean
  sentMs: number | undefined
  headMs: number | undefined
  endedMs: number | undefined
  status: number | undefined
}

const phaseIndex = Object.fromEntries(phaseNames.map((name, index) => [name, index])) as Record<PhaseName, number>

/**
 * The time of one iteration, divided among phases by a mark that only moves forward: a phase gets the time from the mark to
 * its own end. So no time counts twice, also when requests overlap, and the phases never add up to more than the iteration.
 */
export class IterationTrace implements BagMember {
  /** Among those that have no request under way. */
  place = -1
  /** Which of those began to wait before: counted up. */
  waitingSince = 0
  readonly requests: RequestTrace[] = []
  /** Connections that it opened; looked at when no request of it was seen. */
  readonly opened: ConnectionTrace[] = []
  isOver = false
  seen = 0
  #underWay = 0
  readonly #sumsMs = phaseNames.map(() => 0)
  #markMs: number

  constructor(beginMs: number) {
    this.#markMs = beginMs
  }

  sumMs(phase: PhaseName): number {
    return this.#sumsMs[phaseIndex[phase]] as number
  }

  /** What passed since the mark until then belongs to this phase. */
  take(phase: PhaseName, untilMs: number | undefined): void {
    if (untilMs === undefined || untilMs <= this.#markMs || this.isOver) return
    this.#sumsMs[phaseIndex[phase]] = this.sumMs(phase) + untilMs - this.#markMs
    this.#markMs = untilMs
  }

  /** The opening of a connection that the iteration waited for; nothing of what was there before it. */
  takeOpening(connection: ConnectionTrace): void {
    this.#markMs = Math.max(this.#markMs, connection.openedMs)
    this.take('dns', connection.resolvedMs)
    this.take('connect', connection.connectedMs)
    if (connection.tls !== undefined) this.take(connection.tls, connection.securedMs)
  }

  /** A request was asked for at that time; undefined: at some time since the iteration's last event. */
  ask(askedMs: number | undefined): RequestTrace {
    // While another of its requests is under way the time is that one's.
    if (this.#underWay === 0 && askedMs !== undefined) this.#markMs = Math.max(this.#markMs, askedMs)
    const request = makeRequest(this, askedMs ?? this.#markMs)
    this.#underWay++
    this.seen++
    if (this.requests.length < exemplarDefaults.requests) this.requests.push(request)
    return request
  }

  /** A request has ended, well or not. */
  release(): void {
    this.#underWay--
  }

  get isWaiting(): boolean {
    return this.#underWay === 0 && !this.isOver
  }
}

/** A request, of an iteration if it is known of which. */
export function makeRequest(iteration: IterationTrace | undefined, askedMs: number): RequestTrace {
  return {
    iteration,
    askedMs,
    connection: undefined,
    isReused: false,
    sentMs: undefined,
    headMs: undefined,
    endedMs: undefined,
    status: undefined,
  }
}
