import { noReach } from '../plan/reach.ts'
import { wholeShard } from '../plan/shard.ts'
import { hostsOf } from '../plan/target-address.ts'
import type { Clock } from '../probe/clock.ts'
import { openPhaseTracer, type PhaseTracer } from '../probe/open-phase-tracer.ts'
import { shareReach } from '../probe/thread-reach.ts'
import { watchReach } from '../probe/watch-reach.ts'
import { watchStatuses } from '../probe/watch-statuses.ts'
import { openWireProbe } from '../probe/wire-probe.ts'
import { makeScenarioLoader } from '../scenario/load.ts'
import type { ArmRequest } from './messages.ts'
import { type OpenArms, openArms } from './open-arms.ts'
import { trustTarget } from './trust-target.ts'

interface HomeOptions {
  readonly clock: Clock
  /** Told at once, whatever is under way, when load had to be stopped for a server's sake. */
  readonly onStop: (message: string) => void
  /** The process's own, for what clients read there. @default nothing of a process's is changed */
  readonly env?: NodeJS.ProcessEnv
}

type Describe = Extract<ArmRequest, { kind: 'describe' }>
type Open = Extract<ArmRequest, { kind: 'open' }>

/**
 * Where arms live in a process: what watches their clients from before any scenario is imported, so that no client can open a
 * socket unseen, and all that was opened. Dispose of it, and the process is as it was, but for what modules did to it.
 */
export class ArmHome implements AsyncDisposable {
  readonly #clock: Clock
  readonly #onStop: (message: string) => void
  readonly #env: NodeJS.ProcessEnv
  readonly #probe = openWireProbe()
  readonly #statuses = watchStatuses()
  readonly #loader = makeScenarioLoader()
  readonly #tracers: PhaseTracer[] = []
  /** What clients are kept from going where they may not; a module that is only imported has no target. */
  #reach: { readonly kind: 'open' | 'describe'; end(): void } | undefined
  /** Takes back what this process trusts for its target's sake. */
  #distrust: (() => void) | undefined
  /** A tuning opens arms as it finds out which ones it wants; each request adds some. */
  readonly #groups: OpenArms[] = []

  constructor({ clock, onStop, env = {} }: HomeOptions) {
    this.#clock = clock
    this.#env = env
    this.#onStop = onStop
  }

  async describe(request: Describe) {
    this.#watchReach(request)
    const { description: scenario } = await this.#loader.load(request.scenarioUrl, request.imports)
    return { scenario, fallbacks: this.#loader.listFallbacks() }
  }

  async open(request: Open): Promise<void> {
    this.#watchReach(request)
    const { profile, access } = request.target
    // Before the scenario is imported, as clients may read such settings once. The bundled server is trusted by its access alone.
    if (profile.kind === 'external') this.#distrust ??= trustTarget(access, this.#env)
    const tracer = request.phases ? openPhaseTracer(this.#clock) : undefined
    if (tracer !== undefined) this.#tracers.push(tracer)
    const scenario = await this.#loader.load(request.scenarioUrl, request.imports)
    const watch = { clock: this.#clock, probe: this.#probe, tracer, statuses: this.#statuses }
    this.#groups.push(await openArms(scenario, request, watch))
    this.#loader.checkPackagesUsed()
  }

  /** Those that an arm was opened with. */
  armsWith(arm: string): OpenArms {
    const arms = this.#groups.find((group) => group.has(arm))
    if (arms === undefined) throw new Error(`no arm '${arm}' lives in this process`)
    return arms
  }

  /** Counts nothing any more: who measures the engine itself has probes of its own where it needs them. */
  stopCounting(): void {
    this.#probe.close()
    this.#statuses.close()
  }

  async closeArms(): Promise<void> {
    for (const arms of this.#groups.splice(0)) await arms.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.closeArms()
    } finally {
      this.stopCounting()
      for (const tracer of this.#tracers.splice(0)) tracer.close()
      this.#reach?.end()
      this.#distrust?.()
      this.#loader[Symbol.dispose]()
    }
  }

  /** Before the scenario is imported: it may go somewhere at once. */
  #watchReach(request: Describe | Open): void {
    if (this.#reach?.kind === request.kind) return
    this.#reach?.end()
    const { target, reach = noReach, shard = wholeShard } = { target: undefined, shard: wholeShard, ...request }
    const hosts = [...reach.hosts, ...(target === undefined ? [] : hostsOf(target))]
    const own = { ...reach, hosts, maxRate: reach.maxRate / shard.count }
    shareReach(own)
    const end = watchReach({ ...own, nowMs: () => this.#clock.nowMs(), onStop: this.#onStop })
    this.#reach = { kind: request.kind, end }
  }
}
