import type { Certificates } from './certificates.ts'
import type { FaultPlan } from './faults.ts'
import { type ListenerCounts, type ListenerName, listenerNames } from './ledger-snapshot.ts'
import type { Bound } from './listen.ts'
import { closeListeners, type Listeners, openListeners } from './open-listeners.ts'
import type { ResolvedFixtureOptions } from './options.ts'
import { recordOf } from './record-of.ts'
import type { LoggedRequest } from './request-log.ts'
import { makeServerState, type ServerState } from './server-state.ts'

/** What one serving thread has counted. */
export type ServingCounts = Readonly<Record<ListenerName, ListenerCounts>>

/** What one serving thread remembers of single requests; it may be long, so it is only fetched when asked for. */
export interface ServingMemory {
  readonly log: readonly LoggedRequest[]
  readonly attempts: Readonly<Record<string, number>>
}

/** The listeners of one thread, and what their routes share. */
export class Serving {
  readonly #state: ServerState
  readonly #listeners: Listeners

  constructor(state: ServerState, listeners: Listeners) {
    this.#state = state
    this.#listeners = listeners
  }

  static async open(options: ResolvedFixtureOptions, certificates: Certificates): Promise<Serving> {
    const state = makeServerState(options)
    return new Serving(state, await openListeners(state, certificates))
  }

  get ports(): Readonly<Record<ListenerName, number>> {
    const ports = listenerNames.map((name) => [name, this.#listeners[name].bound.port])
    return Object.fromEntries(ports) as Record<ListenerName, number>
  }

  /** Where each listener is bound, in the order of their names. */
  get bounds(): readonly Bound[] {
    return listenerNames.map((name) => this.#listeners[name].bound)
  }

  get faults(): FaultPlan | undefined {
    return this.#state.faults.plan
  }

  setFaults(plan: FaultPlan | undefined): void {
    this.#state.faults.set(plan, performance.now())
  }

  counts(): ServingCounts {
    const counts = listenerNames.map((name) => [name, this.#listeners[name].ledger.snapshot()])
    return Object.fromEntries(counts) as ServingCounts
  }

  memory(): ServingMemory {
    return { log: this.#state.log.snapshot(), attempts: recordOf(this.#state.attempts.entries()) }
  }

  reset(): void {
    for (const name of listenerNames) this.#listeners[name].ledger.reset()
    this.#state.log.reset()
    this.#state.attempts.clear()
  }

  close(drainMs: number): Promise<void> {
    return closeListeners(Object.values(this.#listeners), drainMs)
  }
}
