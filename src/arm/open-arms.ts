import { BenchError } from '../bench-error.ts'
import type { BlockPhase } from '../engine/block-draws.ts'
import type { CertifyResults, CertifyTask } from '../engine/certify/certify.ts'
import { makeFeedRows } from '../engine/feed-rows.ts'
import type { IterationSource } from '../engine/iteration-slot.ts'
import { type OpenArm, runBlock } from '../engine/run-block.ts'
import type { ArmPlan } from '../plan/plan.ts'
import { placeInWhole, type Shard, shardWorkload, splitEvenly, wholeShard } from '../plan/shard.ts'
import type { TargetAddress } from '../plan/target-address.ts'
import { type Clock, fromMachineMs, toMachineMs } from '../probe/clock.ts'
import type { PhaseTracer } from '../probe/open-phase-tracer.ts'
import { makeIsFailure } from '../probe/status-book.ts'
import type { StatusWatch } from '../probe/watch-statuses.ts'
import type { WireProbe } from '../probe/wire-probe.ts'
import type { User } from '../scenario/iteration.ts'
import type { LoadedFeeds, LoadedScenario } from '../scenario/load.ts'
import type { ResolvedWorkload } from '../scenario/resolve-scenario.ts'
import type { Target } from '../scenario/scenario-parts.ts'
import type { TargetAccess } from '../scenario/target-access.ts'
import type { ArmReplyTo, ArmRequest } from './messages.ts'
import { openArm } from './open-arm.ts'
import { closeAll } from './open-variant.ts'

/** The arms of this process, made and ready to run. */
export interface OpenArms {
  has(arm: string): boolean
  runBlock(request: Omit<Extract<ArmRequest, { kind: 'block' }>, 'kind'>): Promise<Omit<ArmReplyTo<'block'>, 'kind'>>
  /** Measures the engine itself, with one arm's client to load. */
  certify(arm: string, task: CertifyTask): Promise<CertifyResults[CertifyTask['kind']]>
  close(): Promise<void>
}

/** What arms are timed and watched by. */
interface ArmsWatch {
  readonly clock: Clock
  readonly probe: WireProbe
  readonly tracer: PhaseTracer | undefined
  readonly statuses: StatusWatch
}

/** Makes every arm's variant, unless each block makes its own. */
export async function openArms(
  { scenario, feeds }: LoadedScenario,
  { arms, workload, variantPer, shard = wholeShard, ...request }: Extract<ArmRequest, { kind: 'open' }>,
  watch: ArmsWatch,
): Promise<OpenArms> {
  const { clock } = watch
  const rows = makeRows(feeds, request.seed)
  const context = {
    concurrency: inFlightOf(shardWorkload(workload, shard)),
    ...{ clock, workload, shard, feed: feeds.feed },
    ...rows,
  }
  const isElsewhere = tellElsewhere(request.target)
  const isFailure = makeIsFailure('expectedStatuses' in scenario ? scenario.expectedStatuses : undefined)
  const makeSource = makeSources(arms, feeds, { ...rows, shard })
  const makers = new Map(
    arms.map((arm) => {
      const { access, checkHeaders } = watchHeaders(request.target.access, arm.variant)
      const own = { ...context, target: makeTarget({ ...request.target, access }) }
      return [arm.id, { make: () => openArm(scenario, arm, own), checkHeaders }] as const
    }),
  )
  const { opened, close } = await openAll(variantPer === 'process' ? makers : new Map())
  return {
    has: (arm) => makers.has(arm),
    async runBlock({ arm, startAtMs, clockOffsetMs = 0, firstIndex = 0, workload: ownWorkload = workload, ...block }) {
      const { make, checkHeaders } = makers.get(arm) as Maker
      const kept = opened.get(arm)
      const open = kept === undefined ? make : async () => ({ ...kept, close: async () => {} })
      const startMs = startAtMs === undefined ? undefined : fromMachineMs(clock, startAtMs + clockOffsetMs)
      const { nextIndex, ...source } = makeSource(arm, block.phase, firstIndex)
      const setting = { ...block, ...source, open, workload: ownWorkload, shard, startMs, isElsewhere, isFailure }
      const run = await runBlock({ ...setting, ...watch })
      checkHeaders()
      return { ...run, nextIndex: nextIndex(), startedAtMs: toMachineMs(clock, run.startMs) - clockOffsetMs }
    },
    async certify(arm, task) {
      const work = opened.get(arm)?.work
      if (work?.kind !== 'iteration') throw new Error(`no arm '${arm}' with a client lives in this process`)
      // Loaded when it is wanted: arms that are measured shall not share memory with it.
      const { certify } = await import('../engine/certify/certify.ts')
      return certify(task, { run: work.run, clock })
    },
    close,
  }
}

/** Makes all of them; when one fails to be made, those before it are closed again. */
async function openAll(makers: ReadonlyMap<string, Maker>) {
  const opened = new Map<string, OpenArm>()
  const close = async () => {
    const variants = [...opened.values()]
    opened.clear()
    await closeAll(variants, (variant) => variant.close())
  }
  try {
    for (const [id, { make }] of makers) opened.set(id, await make())
  } catch (error) {
    await close()
    throw error
  }
  return { opened, close }
}

interface Maker {
  readonly make: () => Promise<OpenArm>
  readonly checkHeaders: () => void
}

/** Headers that were asked for and are not sent would make figures of another question: a variant has to look at them. */
function watchHeaders({ headers, ...others }: TargetAccess, variant: string) {
  if (headers === undefined) return { access: others, checkHeaders: () => {} }
  let isSeen = false
  const access: TargetAccess = {
    ...others,
    get headers() {
      isSeen = true
      return headers
    },
  }
  const checkHeaders = () => {
    if (isSeen) return
    throw new BenchError(
      'INVALID_SCENARIO',
      `variants.${variant} does not look at target.access.headers, so that --header would not be sent: give its client ...target.access, or these headers`,
    )
  }
  return { access, checkHeaders }
}

/** The rows of iterations and of virtual users. */
function makeRows({ feed, userFeed }: LoadedFeeds, seed: number) {
  const userDataOf = makeFeedRows(userFeed, seed)
  return {
    rowOf: makeFeedRows(feed, seed),
    userOf: (index: number): User => ({ index, data: userDataOf(index) }),
  }
}

/**
 * Where the iterations of each block get their index and data from. Warm-up, which takes one arm longer than another, is
 * counted apart: measured iterations begin with the same data in every arm, and each pair of blocks begins alike again
 * where one arm had come further than the other. A feed that stops begins anew in each block.
 * Of several processes that share a load each has every n-th index, as it has every n-th arrival, and every n-th user.
 */
function makeSources(
  arms: readonly ArmPlan[],
  { feed }: LoadedFeeds,
  { rowOf: dataOf, userOf, shard }: ReturnType<typeof makeRows> & { readonly shard: Shard },
) {
  const rows = feed?.kind === 'rows' && feed.onEnd === 'stop' ? feed.rows.length : undefined
  const mostIterations = rows === undefined ? undefined : splitEvenly(rows, shard)
  const counters = new Map(arms.map(({ id }) => [id, startCounters()]))
  const whole = (own: number) => placeInWhole(own, shard)
  return (arm: string, phase: BlockPhase, firstIndex: number): BlockSource => {
    const next = (rows === undefined ? counters.get(arm) : undefined) ?? startCounters()
    if (rows === undefined) next[phase] = Math.max(next[phase], Math.ceil(firstIndex / shard.count))
    const source = {
      nextIndex: () => whole(next[phase]++),
      dataOf,
      userOf: (own: number) => userOf(whole(own)),
    }
    return { source, mostIterations, nextIndex: () => next[phase] * shard.count }
  }
}

interface BlockSource {
  readonly source: IterationSource
  readonly mostIterations: number | undefined
  /** Where the next block may begin, so that no index comes twice. */
  nextIndex(): number
}

function startCounters(): Record<BlockPhase, number> {
  return { 'warm-up': 0, measure: 0 }
}

function inFlightOf(workload: ResolvedWorkload): number {
  switch (workload.model) {
    case 'closed':
      return workload.concurrency
    case 'open':
      return workload.maxInFlight
    case 'raw':
    case 'autocannon':
    case 'micro':
      return 1
    default:
      return workload satisfies never
  }
}

function makeTarget({ profile, origin, access, proxies }: TargetAddress): Target | undefined {
  if (profile.kind === 'none') return undefined
  const { protocol, rttMs } = profile
  const target = { protocol, rttMs, origin, ca: access.ca, access, url: (path: string) => origin + path }
  // A variant that gets no proxy where it expects one would go there directly, and be measured as if it had not.
  return Object.defineProperty(target, 'proxies', { get: () => proxies ?? refuseProxies() }) as Target
}

/** Of the bundled server all addresses are known; what another one's name stands for is not ours to say. */
function tellElsewhere({ profile, origin, proxies }: TargetAddress): ((place: string) => boolean) | undefined {
  if (profile.kind !== 'fixture') return undefined
  const own = new Set([origin, ...Object.values(proxies ?? {})].map((url) => new URL(url).host))
  return (place) => !own.has(place)
}

function refuseProxies(): never {
  throw new Error('the scenario does not ask for proxies: add target: { proxies: true } to it')
}
