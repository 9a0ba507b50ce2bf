import { randomInt } from 'node:crypto'
import type { ArmHost } from '../../arm/arm-host.ts'
import { describeScenario } from '../../arm/describe-scenario.ts'
import { makeLocalHost } from '../../arm/local-host.ts'
import { UsageError } from '../../bench-error.ts'
import { type ExitCode, exitCodeFor, type Outcome, weigh } from '../../document/exit-code.ts'
import { checkRate, isHosted, type LoadCaps, makeLoadGuard, resolveCaps } from '../../plan/load-caps.ts'
import { makeReach } from '../../plan/reach.ts'
import type { SweepValue } from '../../scenario/define.ts'
import { findBundledScenarios, findScenario } from '../../scenario/find.ts'
import type { Options } from '../../scenario/options.ts'
import { readOrigin } from '../../scenario/read-values.ts'
import type { ScenarioDescription } from '../../scenario/resolve-scenario.ts'
import { at } from '../../session/at.ts'
import { checkPlaces, openEventLog } from '../../store/event-log.ts'
import { writeWholeFile } from '../../store/write-file.ts'
import { readEnvironment, readOwnVersion } from '../../target/environment.ts'
import { readVariations } from '../../tune/read-variations.ts'
import { makeTuning } from '../../tune/report/make-tuning.ts'
import { renderTuningJson, type Tuning } from '../../tune/report/model.ts'
import { renderTuning } from '../../tune/report/text.ts'
import { runTuning } from '../../tune/run-tuning.ts'
import { parseObjective } from '../../tune/search/objective.ts'
import { makePlannedTuning, type TuningEvent } from '../../tune/tuning-event.ts'
import { makeTuningPlan, type TuningPlan, tuningDefaults, type tuningOptionNames } from '../../tune/tuning-plan.ts'
import { lostIfKilled } from '../follow.ts'
import { openStatus, type Status } from '../progress.ts'
import type { Terminal } from '../terminal.ts'

/** What the command line says, as far as it was read. */
export interface TuneCommandOptions extends Pick<Options, (typeof tuningOptionNames)[number]> {
  /** Of the bundled scenario: the page to load, query and all. */
  readonly externalOrigin?: string | undefined
  readonly budgetMs: number
  readonly warmUpMs: number
  readonly objective: string
  readonly vary?: string | undefined
  readonly variant?: string | undefined
  readonly format?: 'table' | 'json' | undefined
  readonly out?: string | undefined
}

const bundledScenario = new URL(
  `../../tune/tuning-scenario.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`,
  import.meta.url,
).href
/** What the bundled fixture server is asked for when there is no target: four workers, 20 ms each, so 200 per second. */
const fixturePath = '/work?serviceUs=20000&workers=4'

/** Searches settings, prints the answer and resolves to the exit code. */
export async function tuneCommand(
  scenario: string | undefined,
  options: TuneCommandOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<ExitCode> {
  const { out } = options
  await checkPlaces(out)
  const host = makeLocalHost()
  const plan = await planTuning(scenario, options, terminal, host)
  const startedAt = new Date().toISOString()
  const environment = readEnvironment(terminal.workingFolder)
  const progress = openStatus(terminal, makeStatus(plan))
  const onAbort = () => progress.line('interrupted: stopping, then saying what is known (again to quit at once)')
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    await using log = openEventLog(out, { onFailure: ({ message }) => progress.line(lostIfKilled(message)) })
    await log.append(makePlannedTuning(plan, { startedAt, environment }))
    const onEvent = async (event: TuningEvent) => {
      await log.append(event)
      progress.show(event)
    }
    const run = await runTuning(plan, { host, signal, onEvent, onOutput: progress.line })
    progress.close()
    const tuning = makeTuning(run, { startedAt, environment })
    if (options.format === 'json') terminal.printDocument(renderTuningJson(tuning))
    else terminal.print(renderTuning(tuning, terminal))
    if (out !== undefined) await writeWholeFile(out, renderTuningJson(tuning))
    // What went wrong in this program is told once what it knew is safe.
    if (run.bug !== undefined) throw run.bug
    return exitCodeFor(outcomeOf(tuning))
  } finally {
    signal.removeEventListener('abort', onAbort)
    progress.close()
  }
}

/** What a tuning comes to: that nothing meets the objective is its one failure, and no answer that can be stood behind is none. */
function outcomeOf({ partial, end, answer: { state } }: Tuning): Outcome {
  const hasAnswer = state === 'recommended' || state === 'likely'
  const isFailed = state === 'none'
  return weigh({ interrupted: partial, invalid: end.state === 'failed' || !(hasAnswer || isFailed), failed: isFailed })
}

async function planTuning(
  name: string | undefined,
  options: TuneCommandOptions,
  terminal: Terminal,
  host: ArmHost,
): Promise<TuningPlan> {
  const place = findPlace(name, options)
  const caps = resolveCaps(options)
  checkRate(options.arrivalRate, caps)
  const variations = options.vary === undefined ? new Map() : readVariations(options.vary)
  const reach = makeReach(options)
  const url = name === undefined ? bundledScenario : requireScenario(name, terminal.workingFolder)
  const description = await describeScenario(url, { host, reach })
  return makeTuningPlan(description, {
    ...options,
    ...caps,
    objective: parseObjective(options.objective),
    variations: withDefaults(variations, name, caps),
    // Nothing bounds how fast a closed loop goes: someone else's server is only ever loaded at a rate.
    arrivalRate: options.arrivalRate ?? (isHosted(options) ? caps.maxRate : undefined),
    seed: options.seed ?? randomInt(2 ** 32),
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
function findPlace(name: string | undefined, { externalOrigin }: TuneCommandOptions): Place {
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

function requireScenario(name: string, workingFolder: string): string {
  const url = findScenario(name, workingFolder)
  if (url !== undefined) return url
  const known = [...findBundledScenarios().keys()].join(', ')
  throw new UsageError(`there is no scenario '${name}': expected the path of a module, or one of ${known}`)
}

function makeStatus({ scenario }: TuningPlan): Status<TuningEvent> {
  const startedMs = performance.now()
  let latest: { readonly doing: string; readonly best?: string } = { doing: 'starting' }
  return {
    update: (event) => {
      if (event.kind === 'step') latest = event
    },
    lines() {
      const seconds = Math.round((performance.now() - startedMs) / 1_000)
      const best = latest.best === undefined ? [] : [`  best so far: ${latest.best}`]
      return [`tuning ${scenario.name}, ${seconds} s: ${latest.doing}`, ...best]
    },
  }
}
