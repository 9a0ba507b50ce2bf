import { BenchError } from '../bench-error.ts'
import type { OpenArm } from '../engine/run-block.ts'
import type { ArmPlan } from '../plan/plan.ts'
import { type Shard, splitEvenly } from '../plan/shard.ts'
import type { Clock } from '../probe/clock.ts'
import { resolveAutocannonRequest } from '../scenario/autocannon-request.ts'
import type { AnyScenario, Scenario } from '../scenario/define.ts'
import type { AutocannonScenario, MicroScenario, MicroVariant, RawScenario } from '../scenario/engines.ts'
import type { User } from '../scenario/iteration.ts'
import type { LoadedFeed } from '../scenario/load-feed.ts'
import { resolveRawLoad } from '../scenario/raw-load.ts'
import type { ResolvedWorkload } from '../scenario/resolve-scenario.ts'
import type { Sweep, Target } from '../scenario/scenario-parts.ts'
import { openVariant } from './open-variant.ts'

/** What an arm is made from, beside its scenario. */
interface OpenArmContext {
  readonly clock: Clock
  /** Undefined for the micro engine. */
  readonly target: Target | undefined
  readonly concurrency: number
  readonly workload: ResolvedWorkload
  readonly shard: Shard
  /** Whose rows `rowOf` gives out. */
  readonly feed: LoadedFeed | undefined
  readonly rowOf: (index: number) => unknown
  readonly userOf: (index: number) => User
}

/** Makes an arm's variant, as its scenario's engine runs it. */
export function openArm(scenario: AnyScenario<string, Sweep>, arm: ArmPlan, context: OpenArmContext): Promise<OpenArm> {
  if (scenario.variants[arm.variant] === undefined) throw new Error(`the scenario has no variant '${arm.variant}'`)
  switch (scenario.engine) {
    case 'raw':
      return openRaw(scenario, arm, context)
    case 'autocannon':
      return openAutocannon(scenario, arm, context)
    case 'micro':
      return openMicro(scenario, arm, context)
    default:
      return openClient(scenario, arm, context)
  }
}

async function openClient({ variants }: Scenario, { variant: name, params }: ArmPlan, context: OpenArmContext) {
  const { target, concurrency, rowOf, userOf } = context
  const make = variants[name] as Scenario['variants'][string]
  return openVariant({ name, make, context: { target: target as Target, concurrency, rowOf, userOf, params } })
}

async function openMicro(
  { variants }: MicroScenario,
  { variant: name, params }: ArmPlan,
  { clock }: OpenArmContext,
): Promise<OpenArm> {
  const make = variants[name] as MicroScenario['variants'][string]
  const variant: MicroVariant = await make({ params })
  const { run, close } = readVariant(variant, name)
  // Engines are loaded when they are wanted: arms of the others shall not share memory with them.
  const { makeMicroLoop } = await import('../engine/micro.ts')
  return { work: { kind: 'loop', loop: makeMicroLoop(run, clock) }, close }
}

async function openRaw(
  { variants }: RawScenario,
  { variant: name, params }: ArmPlan,
  { shard, workload, feed, rowOf, ...context }: OpenArmContext,
): Promise<OpenArm> {
  const target = context.target as Target
  const make = variants[name] as RawScenario['variants'][string]
  const load = takeConnections(resolveRawLoad(await make({ target, params }), name), name, shard)
  const { makeRawLoop } = await import('../engine/raw/make-raw-loop.ts')
  const loop = makeRawLoop(load, {
    target,
    timeoutMs: workload.iterationTimeoutMs,
    feed,
    rowOf,
    processes: shard.count,
  })
  return { work: { kind: 'loop', loop }, close: async () => {} }
}

async function openAutocannon(
  { variants }: AutocannonScenario,
  { variant: name, params }: ArmPlan,
  { shard, workload, ...context }: OpenArmContext,
): Promise<OpenArm> {
  const target = context.target as Target
  const make = variants[name] as AutocannonScenario['variants'][string]
  const request = takeConnections(resolveAutocannonRequest(await make({ target, params }), name), name, shard)
  const { runAutocannon } = await import('../engine/autocannon.ts')
  const load = { request, origin: target.origin, timeoutMs: workload.iterationTimeoutMs }
  return { work: { kind: 'loop', loop: (window) => runAutocannon(load, window) }, close: async () => {} }
}

/** This process's share of the connections. */
function takeConnections<Load extends { readonly connections: number }>(
  load: Load,
  variant: string,
  shard: Shard,
): Load {
  const connections = splitEvenly(load.connections, shard)
  if (connections > 0) return { ...load, connections }
  const message = `variants.${variant} says connections: ${load.connections}, too few for ${shard.count} processes; each needs at least one`
  throw new BenchError('INVALID_SCENARIO', message)
}

/** A function, or an object with one and something to close. */
function readVariant<Run extends (argument: never) => unknown>(
  variant: Run | { readonly run: Run; readonly close?: () => unknown },
  name: string,
): { readonly run: Run; close(): Promise<void> } {
  if (typeof variant === 'function') return { run: variant, close: async () => {} }
  if (typeof variant?.run !== 'function') {
    throw new TypeError(
      `variants.${name} made ${typeof variant}; expected a function, or an object with a run function`,
    )
  }
  return { run: variant.run.bind(variant) as Run, close: async () => void (await variant.close?.()) }
}
