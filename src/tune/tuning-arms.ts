import type { ArmHost, ArmProcess, ArmProcessOptions } from '../arm/arm-host.ts'
import { askToOpen } from '../arm/ask-to-open.ts'
import { planDefaults } from '../plan/plan-defaults.ts'
import { type ArmUnderTest, type CheckedBlock, makeArmUnderTest } from '../run/arm-under-test.ts'
import { chooseBlockLength } from '../run/choose-block-length.ts'
import { warmUp } from '../run/warm-up.ts'
import { throughputPerSecond } from '../sample/block-core.ts'
import type { ResolvedClosedWorkload } from '../scenario/resolve-scenario.ts'
import type { OpenTarget } from '../target/open-target.ts'
import type { ProbeKind } from './search/limit-probe.ts'
import { resize, type Setting } from './search/setting.ts'
import { closedWorkloadOf, openWorkloadOf, placesOf, type TuningPlan } from './tuning-plan.ts'

/** All settings in one process; each is opened and warmed up when it is first wanted. */
export interface TuningArms extends AsyncDisposable {
  runClosed(setting: Setting): Promise<CheckedBlock>
  runOpen(setting: Setting, rate: OpenRequest): Promise<OpenBlockRun>
  /** A closed loop of the setting, or of what is tried beside it. */
  runProbe(setting: Setting, kind: ProbeKind): Promise<CheckedBlock>
  /** One block that follows its requests, on connections of its own; in an open loop when a rate is given. */
  runTraced(setting: Setting, ratePerSecond?: number): Promise<CheckedBlock>
  /** Makes a setting ready, so that a round of several runs without a break. */
  prepare(setting: Setting): Promise<void>
  /** Makes ready what is tried beside it. */
  prepareProbe(setting: Setting, kind: ProbeKind): Promise<void>
  /** How long an answer takes to a setting that has no more under way than it has places for, ms; undefined: none came. */
  answerMs(setting: Setting): Promise<number | undefined>
  /** About how long an open block is going to take, ms. */
  openMs(setting: Setting, rate: OpenRequest): number
}

interface OpenRequest {
  readonly ratePerSecond: number
  /** A trial that has been measured for so long is lengthened by as much. */
  readonly secondsSoFar: number
}

interface OpenBlockRun {
  readonly block: CheckedBlock
  /** What was due before is not to be judged. */
  readonly leadInMs: number
}

const warmPieceMs = 200
/** Slow settings are short of the others anyhow: they need not a hundred requests for that. */
const longestBlockMs = 400
/** Opening connections and leading in cost as much for a short block: it had better be worth it. */
const shortestBlockMs = 250
/** Even so a block is several latencies long, and begins after some that are not counted. */
const leastLatencies = 2
const mostLeadInMs = 2_000
const leadInLatencies = 0.75
/** Answers that take so many times longer than it would take one after another do not come. */
const patience = 3
const leastDrainMs = 2_000
/** Each block has connections of its own, and those who only wait for the server to take them up are not to be taken for hung. */
const meetMs = 1_000
/** An open block lasts for so many p99s, and has so many arrivals. */
const openBlock = { p99s: 20, arrivals: 150, leastMs: 2_000, mostMs: 8_000, steps: 20 }
/** At least a second: who counts by the second has counted what was sent before, too. */
const openLeadIn = { p99s: 2, leastMs: 1_000, mostMs: 3_000 }
const tracedBlockMs = 500
/** Two processes that were just started, before they are compared with one that is warm. */
const pairWarmUpMs = 1_000
const otherProcesses = 2

/** An arm, and how it is loaded in a closed loop. */
interface WarmSetting {
  readonly arm: ArmUnderTest
  readonly workload: ResolvedClosedWorkload
  readonly blockMs: number
  /** As it was made ready. */
  readonly p50Ms: number
  p99Ms: number
}

/** Starts the process; nothing is opened yet. */
export function openTuningArms(
  plan: TuningPlan,
  target: OpenTarget,
  { host, nowMs, ...context }: ArmProcessOptions & ArmPlace,
): TuningArms {
  const process = host.open(1, context)
  let pair: ArmProcess | undefined
  const arms = new Map<string, WarmSetting>()
  const patient = makePatience(plan)
  const settings: OpenContext = { plan, target, patient, nowMs }
  const open = async (id: string, make: () => Promise<WarmSetting>): Promise<WarmSetting> => {
    const known = arms.get(id) ?? (await make())
    arms.set(id, known)
    return known
  }
  const own = (setting: Setting) =>
    open(setting.id, () => openSetting(setting, { ...settings, process, isFirst: arms.size === 0 }))
  const besides: Record<ProbeKind, (setting: Setting) => Promise<WarmSetting>> = {
    same: own,
    larger: (setting) => own(resize(plan.search.space, setting, 2 * setting.size)),
    busier: (setting) => {
      const larger = resize(plan.search.space, setting, 2 * setting.size)
      return open(`${larger.id} busier`, () => openSetting(larger, { ...settings, process, times: 2 }))
    },
    process: (setting) => {
      pair ??= host.open(otherProcesses, context)
      const both = { ...settings, process: pair, times: otherProcesses, warmUpMs: pairWarmUpMs }
      return open(`${setting.id} twice`, () => openSetting(setting, both))
    },
  }
  const runWarm = async (warm: WarmSetting) => {
    const block = await warm.arm.runBlock(warm.blockMs, 'measure', { workload: warm.workload })
    warm.p99Ms = block.p99Us / 1_000
    return block
  }
  const timesOf = (setting: Setting, { ratePerSecond, secondsSoFar }: OpenRequest) => {
    const p99Ms = arms.get(setting.id)?.p99Ms ?? 0
    const wantedMs = Math.max(openBlock.p99s * p99Ms, (openBlock.arrivals * 1_000) / ratePerSecond, openBlock.leastMs)
    const firstMs = Math.min(wantedMs, Math.max(openBlock.mostMs, (openBlock.arrivals * 1_000) / ratePerSecond))
    const leadInMs = Math.min(Math.max(openLeadIn.p99s * p99Ms, openLeadIn.leastMs), openLeadIn.mostMs)
    return { leadInMs: Math.ceil(leadInMs), blockMs: Math.ceil(Math.max(firstMs, secondsSoFar * 1_000)) }
  }
  return {
    prepare: async (setting) => void (await own(setting)),
    prepareProbe: async (setting, kind) => void (await besides[kind](setting)),
    async answerMs(setting) {
      const places = placesOf(plan, setting)
      if (closedWorkloadOf(plan, setting).concurrency <= places) return (await own(setting)).p50Ms || undefined
      return askAlone(setting, { ...settings, process, concurrency: places })
    },
    runClosed: async (setting) => runWarm(await own(setting)),
    runProbe: async (setting, kind) => runWarm(await besides[kind](setting)),
    openMs(setting, rate) {
      const { leadInMs, blockMs } = timesOf(setting, rate)
      return leadInMs + blockMs + (arms.get(setting.id)?.p99Ms ?? 0)
    },
    async runOpen(setting, rate) {
      const { arm } = await own(setting)
      const { leadInMs, blockMs } = timesOf(setting, rate)
      const steps = Math.max(1, Math.round((openBlock.steps * (leadInMs + blockMs)) / blockMs))
      const told = { leadInMs, drainMs: patient.drainMs(setting), course: { steps, places: placesOf(plan, setting) } }
      const workload = { ...openWorkloadOf(plan, rate.ratePerSecond), ...told }
      return { leadInMs, block: await arm.runBlock(leadInMs + blockMs, 'measure', { workload }) }
    },
    async runTraced(setting, ratePerSecond) {
      // A pool of its own for the block: how long its connections take to open is part of what is asked.
      const closed = closedWorkloadOf(plan, setting)
      const id = `${setting.id} traced`
      const arm = await openArm(setting, { ...settings, process, id, phases: true, workload: closed })
      const rated = ratePerSecond === undefined ? closed : openWorkloadOf(plan, ratePerSecond)
      const workload = { ...rated, drainMs: patient.drainMs(setting) }
      return arm.runBlock(tracedBlockMs, 'measure', { workload })
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([process[Symbol.asyncDispose](), pair?.[Symbol.asyncDispose]()])
    },
  }
}

/** Where processes come from, and whose time it is. */
interface ArmPlace {
  readonly host: ArmHost
  /** Monotonic, ms. */
  readonly nowMs: () => number
}

interface OpenContext extends Pick<ArmPlace, 'nowMs'> {
  readonly plan: TuningPlan
  readonly target: OpenTarget
  readonly patient: Patience
}

/** How long a block waits for answers: what never comes must not cost a time-out in every block of every size. */
interface Patience {
  drainMs(setting: Setting): number
  /** An answer took so long while so many were under way. */
  learn(underWay: number, p99Ms: number): void
}

function makePatience(plan: TuningPlan): Patience {
  const inFlight = (setting: Setting) => closedWorkloadOf(plan, setting).concurrency
  const known = new Map<number, number>()
  return {
    drainMs(setting) {
      const { iterationTimeoutMs } = closedWorkloadOf(plan, setting)
      const own = inFlight(setting)
      // From the nearest that is not larger: what one alone took says little of many where they do not wait for each other.
      const nearest = Math.max(...[...known.keys()].filter((count) => count <= own))
      const p99Ms = known.get(nearest)
      if (p99Ms === undefined) return iterationTimeoutMs
      // Those that are more wait one after another, at the worst, and slower for being many.
      const wantedMs = patience * p99Ms * (own / nearest)
      return Math.ceil(Math.min(iterationTimeoutMs, Math.max(leastDrainMs, wantedMs)))
    },
    learn(underWay, p99Ms) {
      if (p99Ms > 0) known.set(underWay, Math.max(known.get(underWay) ?? 0, p99Ms))
    },
  }
}

interface ArmOptions extends OpenContext {
  /** What the process knows it by. */
  readonly id: string
  readonly process: ArmProcess
  readonly workload: ResolvedClosedWorkload
  readonly phases?: boolean
}

/**
 * Every block makes its variant anew, in the part that is not counted: connections that a resting setting kept would count
 * against the limit of a server that has one, and the setting under load would get too few.
 */
async function openArm(
  setting: Setting,
  { id, plan, target, process, workload, phases = false }: ArmOptions,
): Promise<ArmUnderTest> {
  const { scenario, variant, fixedParams, seed, guard, reach } = plan
  const arms = [{ id, variant, params: { ...setting.params, ...fixedParams } }]
  const opening = { scenarioUrl: scenario.url, workload, variantPer: 'block', phases, reach } as const
  await askToOpen(process, arms, opening, { target: target.address, seed })
  // One seed for all: the n-th block of each setting draws what those of the others draw.
  return makeArmUnderTest(id, process, target, { workload, guard, seed })
}

interface SettingOptions extends OpenContext {
  readonly process: ArmProcess
  /** How many times as many requests are under way as the setting has. */
  readonly times?: number
  /** The process is warmed up once, for all settings run the same code. */
  readonly isFirst?: boolean
  /** Of a process that was just started for what is tried beside. */
  readonly warmUpMs?: number
}

async function openSetting(
  setting: Setting,
  { times = 1, isFirst = false, warmUpMs, ...context }: SettingOptions,
): Promise<WarmSetting> {
  const { plan, patient } = context
  const { concurrency, ...rest } = closedWorkloadOf(plan, setting)
  const drainMs = times * patient.drainMs(setting)
  const workload = {
    ...rest,
    concurrency: times * concurrency,
    ...(rest.thinkTimeMs === undefined && { meetMs, drainMs }),
  }
  const arm = await openArm(setting, {
    ...context,
    id: times === 1 ? setting.id : `${setting.id} × ${times}`,
    workload,
  })
  const pieceMs = Math.min(warmPieceMs, plan.warmUpMs)
  // At a rate that was given nothing else is sent: a closed loop would go as fast as it can.
  const { ratePerSecond, highestRatePerSecond } = plan.search
  if (ratePerSecond !== undefined) {
    const open = { ...openWorkloadOf(plan, Math.min(ratePerSecond, highestRatePerSecond)), drainMs }
    const { p50Us, p99Us } = await arm.runBlock(isFirst ? plan.warmUpMs : pieceMs, 'warm-up', { workload: open })
    patient.learn(concurrency, p99Us / 1_000)
    return { arm, workload, blockMs: planDefaults.blockMs, p50Ms: p50Us / 1_000, p99Ms: p99Us / 1_000 }
  }
  const rule = { minMs: plan.warmUpMs, maxMs: 2 * plan.warmUpMs, minRequests: planDefaults.warmUpRequests }
  if (isFirst) await warmUp(arm, { rule, generation: 0, nowMs: context.nowMs })
  const piece = await arm.runBlock(warmUpMs ?? pieceMs, 'warm-up')
  patient.learn(concurrency, piece.p99Us / 1_000)
  const iterationsPerSecond = throughputPerSecond(piece)
  const warm = { p50Us: piece.p50Us, iterationsPerSecond, requestsPerSecond: iterationsPerSecond }
  const wantedMs = chooseBlockLength(warm, { blockMs: shortestBlockMs, workload })
  const p50Ms = piece.p50Us / 1_000
  const blockMs = Math.ceil(Math.min(wantedMs, Math.max(longestBlockMs, leastLatencies * p50Ms)))
  // Connections open first, and the first answers come to a queue that is not yet as long as it gets: one of the slowest
  // latencies, which these are, and it is. A loop takes its lead-in twice: connections open in the first.
  const leadInMs = Math.ceil(leadInLatencies * Math.min(piece.p99Us / 1_000, mostLeadInMs))
  return { arm, workload: { ...workload, leadInMs }, blockMs, p50Ms, p99Ms: piece.p99Us / 1_000 }
}

interface AloneOptions extends OpenContext {
  readonly process: ArmProcess
  readonly concurrency: number
}

/** A setting on which nobody waits for a connection. The first piece is left out: a server too is slow to begin with. */
async function askAlone(setting: Setting, { concurrency, ...context }: AloneOptions): Promise<number | undefined> {
  const { plan, patient } = context
  const workload = { ...closedWorkloadOf(plan, setting), concurrency }
  const arm = await openArm(setting, { ...context, id: `${setting.id} alone`, workload })
  const pieceMs = Math.min(warmPieceMs, plan.warmUpMs)
  const first = await arm.runBlock(pieceMs, 'warm-up')
  if (first.succeeded === 0) return undefined
  const { p50Us, p99Us } = await arm.runBlock(pieceMs, 'warm-up')
  patient.learn(concurrency, p99Us / 1_000)
  return p50Us / 1_000 || undefined
}
