import { randomInt } from 'node:crypto'
import type { ArmHost } from '../arm/arm-host.ts'
import { describeScenario } from '../arm/describe-scenario.ts'
import { checkRate, isHosted, type LoadCaps, makeLoadGuard, resolveCaps } from '../plan/load-caps.ts'
import { makeReach } from '../plan/reach.ts'
import { requireScenario } from '../scenario/find.ts'
import type { Options } from '../scenario/options.ts'
import { readOrigin } from '../scenario/read-values.ts'
import type { ScenarioDescription } from '../scenario/resolve-scenario.ts'
import type { SweepValue } from '../scenario/scenario-parts.ts'
import { at } from '../session/at.ts'
import { readOwnVersion } from '../target/environment.ts'
import { readVariations } from './read-variations.ts'
import { parseObjective } from './search/objective.ts'
import { makeTuningPlan, type TuningPlan, tuningDefaults, type tuningOptionNames } from './tuning-plan.ts'

/** What is asked for, as far as it was read. */
export interface TuningRequest extends Pick<Options, (typeof tuningOptionNames)[number]> {
  /** A bundled scenario, or the path of a module. @default one GET by a session */
  readonly scenario?: string | undefined
  /** Without a scenario the page to load, query and all. */
  readonly externalOrigin?: string | undefined
  readonly budgetMs: number
  readonly warmUpMs: number
  readonly objective: string
  readonly vary?: string | undefined
  readonly variant?: string | undefined
}

interface PlanningContext {
  readonly host: ArmHost
  readonly workingFolder: string
}

const bundledScenario = new URL(`./tuning-scenario.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url)
  .href
/** What the bundled fixture server is asked for when there is no target: four workers, 20 ms each, so 200 per second. */
const fixturePath = '/work?serviceUs=20000&workers=4'

/** Finds the scenario and its target, and lays down what is searched. Rejects with UsageError. */
export async function resolveTuning(
  { scenario: name, ...request }: TuningRequest,
  { host, workingFolder }: PlanningContext,
): Promise<TuningPlan> {
  const place = findPlace(name, request)
  const caps = resolveCaps(request)
  checkRate(request.arrivalRate, caps)
  const variations = request.vary === undefined ? new Map() : readVariations(request.vary)
  const reach = makeReach(request)
  const url = name === undefined ? bundledScenario : requireScenario(name, workingFolder)
  const description = await describeScenario(url, { host, reach })
  return makeTuningPlan(description, {
    ...request,
    ...caps,
    objective: parseObjective(request.objective),
    variations: withDefaults(variations, name, caps),
    // Nothing bounds how fast a closed loop goes: someone else's server is only ever loaded at a rate.
    arrivalRate: request.arrivalRate ?? (isHosted(request) ? caps.maxRate : undefined),
    seed: request.seed ?? randomInt(2 ** 32),
    externalOrigin: place.origin,
    // Its open loops go no faster than they are told to.
    guard: makeLoadGuard({ ...caps, maxRate: undefined }),
    reach,
    fixedParams: name === undefined ? fixParams(description.sweep, variations, place.path) : {},
  })
}

/** What of the bundled scenario is not varied keeps its first value, and is no part of the answer. */
function fixParams(
  sweep: ScenarioDescription['sweep'],
  variations: ReadonlyMap<string, unknown>,
  path: string,
): Record<string, SweepValue> {
  const kept = Object.entries(sweep).filter(([name]) => name !== 'connections' && !variations.has(name))
  const firsts = Object.fromEntries(kept.map(([name, values]) => [name, at(values, 0)]))
  return { ...firsts, path, userAgent: `sessionbench/${readOwnVersion()} (+load test)` }
}

interface Place {
  readonly origin: string | undefined
  readonly path: string
}

/** Without a scenario the target is one page; with one it is the base of whatever the scenario asks for. */
function findPlace(name: string | undefined, { externalOrigin }: Pick<TuningRequest, 'externalOrigin'>): Place {
  if (externalOrigin === undefined) return { origin: undefined, path: fixturePath }
  if (name !== undefined) return { origin: readOrigin(externalOrigin), path: '' }
  const { origin, pathname, search } = new URL(externalOrigin)
  return { origin, path: pathname + search }
}

function defaultVariations({ maxConnections = tuningDefaults.largest }: LoadCaps): string {
  return `connections=${tuningDefaults.smallest}..${Math.min(maxConnections, tuningDefaults.largest)}`
}

/** Of the bundled scenario the connections are always searched, whatever else is. */
function withDefaults(variations: ReturnType<typeof readVariations>, name: string | undefined, caps: LoadCaps) {
  if (name !== undefined || variations.has('connections')) return variations
  return new Map([...readVariations(defaultVariations(caps)), ...variations])
}
