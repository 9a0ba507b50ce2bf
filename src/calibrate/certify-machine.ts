import type { Machine } from '../document/calibration-model.ts'
import { type RecorderLayer, recorderLayers } from '../engine/certify/recorder-block.ts'
import { bracketRates, nextRate, type RateTrial } from '../judge/rate-bracket.ts'
import { makeRound } from '../plan/order.ts'
import { makeRandom } from '../plan/random.ts'
import { at, atKey } from '../session/at.ts'
import { pseudoMedian } from '../statistics/hodges-lehmann.ts'
import { median } from '../statistics/quantile.ts'
import { signedRankInterval } from '../statistics/signed-rank.ts'
import type { MachinePartName } from './calibration-event.ts'
import type { MachineArm } from './machine-arm.ts'

/** How much is done for each part of a machine's certificate. */
export interface Effort {
  /** Waits of each kind. */
  readonly waits: number
  /** Mirrored rounds of blocks, one layer of the recorder after another. */
  readonly recorderRounds: number
  readonly blockMs: number
  readonly selfErrorIterations: number
  readonly rateTrialMs: number
  /** The search for a rate ends when failed ÷ held is at most this. */
  readonly rateResolution: number
}

/** About 45 s on a machine that is not busy, and about 15 s. */
export const efforts = Object.freeze({
  full: {
    ...{ waits: 400, recorderRounds: 24, blockMs: 100, selfErrorIterations: 40_000 },
    ...{ rateTrialMs: 1_000, rateResolution: 1.1 },
  },
  quick: {
    ...{ waits: 100, recorderRounds: 8, blockMs: 50, selfErrorIterations: 5_000 },
    ...{ rateTrialMs: 400, rateResolution: 1.3 },
  },
} satisfies Record<string, Effort>)

/** Measures one part of a certificate; in their order, for the client is warm after the recorder's. */
export async function measurePart(
  part: MachinePartName,
  arm: MachineArm,
  { seed, ...effort }: Effort & { readonly seed: number },
): Promise<Partial<Machine>> {
  const { waits, selfErrorIterations: iterations } = effort
  switch (part) {
    case 'clock':
      return { clock: await arm.ask({ kind: 'clock', waits }) }
    case 'selfError':
      return { selfError: { iterations, rows: [...(await arm.ask({ kind: 'self-error', iterations, seed }))] } }
    case 'recorder':
      return { recorder: await measureRecorder(arm, effort, seed) }
    case 'openLoop':
      return { openLoop: await findHighestRate(arm, effort) }
    default:
      return part satisfies never
  }
}

const iterationTimeoutMs = 10_000

/** CPU time per request of every layer, in balanced random order: a layer's cost is the difference to the one before it. */
async function measureRecorder(arm: MachineArm, effort: Effort, seed: number): Promise<Machine['recorder']> {
  const { recorderRounds, blockMs: durationMs } = effort
  const { concurrency } = arm
  const random = makeRandom(seed)
  const measure = async (layer: RecorderLayer) => {
    const { iterations, cpuUs } = await arm.ask({
      kind: 'recorder',
      layer,
      durationMs,
      concurrency,
      iterationTimeoutMs,
    })
    return cpuUs / iterations
  }
  // Warm: half of the rounds again, of which nothing is kept.
  const rounds: Map<RecorderLayer, number>[] = []
  for (let round = -Math.ceil(recorderRounds / 2); round < recorderRounds; round++) {
    const values = new Map<RecorderLayer, number>()
    for (const layer of makeRound(recorderLayers, random)) {
      values.set(layer, (values.get(layer) ?? 0) + (await measure(layer)) / 2)
    }
    if (round >= 0) rounds.push(values)
  }
  return summarizeRecorder(rounds)
}

/** What each layer adds, by the differences within rounds. */
export function summarizeRecorder(
  rounds: readonly ReadonlyMap<RecorderLayer, number>[],
): NonNullable<Machine['recorder']> {
  const of = (layer: RecorderLayer) => rounds.map((round) => atKey(round, layer))
  const add = (layer: RecorderLayer, below: RecorderLayer) => {
    const differences = of(layer).map((value, index) => value - at(of(below), index))
    const interval = signedRankInterval(differences, 0.95)
    return { addedUs: pseudoMedian(differences), interval: interval && { low: interval.low, high: interval.high } }
  }
  const layers = recorderLayers.slice(1).map((layer, index) => ({
    layer,
    cpuUsPerRequest: median(of(layer)),
    ...add(layer, at(recorderLayers, index)),
  }))
  return { rounds: rounds.length, bareCpuUsPerRequest: median(of('bare')), layers, recorder: add('probe', 'bare') }
}

/** As late as this at p99, a rate is not kept. */
const latestP99Us = 1_000
const firstRatePerSecond = 500

/** The highest rate that the open loop keeps with a real client: doubled while it holds, then bisected. */
async function findHighestRate(
  arm: MachineArm,
  { rateTrialMs, rateResolution }: Effort,
): Promise<NonNullable<Machine['openLoop']>> {
  const trials: (RateTrial & { readonly delayP99Us: number })[] = []
  const search = { firstRatePerSecond, resolution: rateResolution, lowestRatePerSecond: 50 }
  for (let rate = nextRate(trials, search); rate !== undefined; rate = nextRate(trials, search)) {
    const ratePerSecond = Math.round(rate)
    // A neighbour may have the machine for a moment: what fails once gets a second chance.
    let trial = await tryRate(arm, ratePerSecond, rateTrialMs)
    if (!trial.held) trial = await tryRate(arm, ratePerSecond, rateTrialMs)
    trials.push({ ratePerSecond, ...trial })
  }
  const { held = null, failed = null } = bracketRates(trials)
  return { heldPerSecond: held, failedPerSecond: failed, latestP99Us, trials }
}

/** Fewer arrivals have no p99. */
const leastArrivals = 200

async function tryRate(arm: MachineArm, ratePerSecond: number, leastMs: number) {
  const durationMs = Math.max(leastMs, (leastArrivals * 1_000) / ratePerSecond)
  const { delayP99Us, dropped, failed } = await arm.ask({
    ...{ kind: 'rate', ratePerSecond, durationMs },
    ...{ maxInFlight: 1_000, iterationTimeoutMs },
  })
  return { held: delayP99Us < latestP99Us && dropped === 0 && failed === 0, delayP99Us }
}
