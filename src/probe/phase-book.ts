import { type Exemplar, type ExemplarRequest, exemplarDefaults, octaveOf } from '../sample/exemplars.ts'
import { Histogram } from '../sample/histogram.ts'
import { type BlockPhases, bandOf, type PhaseName, phaseNames } from '../sample/phases.ts'
import type { ConnectionTrace, IterationTrace, RequestTrace } from './iteration-trace.ts'

/** When an iteration was due, started and over; ms of the engine's clock. In a closed loop it is due when it starts. */
export interface TracedTimes {
  readonly dueMs: number
  readonly beginMs: number
  readonly endMs: number
}

const dispatchIndex = phaseNames.indexOf('dispatch')

interface BandSums {
  iterations: number
  untraced: number
  latencyUs: number
  readonly phasesUs: Float64Array
}

interface Reservoir {
  seen: number
  /** By ascending draw. */
  readonly kept: Exemplar[]
}

/** Takes up what was seen of one block's iterations, requests and connections; its size does not grow with their number. */
export class PhaseBook {
  readonly #histograms = new Map<PhaseName, Histogram>()
  readonly #bands = new Map<number, BandSums>()
  readonly #reservoirs = new Map<number, Reservoir>()
  readonly #random: () => number

  constructor(random: () => number) {
    this.#random = random
  }

  /** A request that ended well. */
  addRequest({ askedMs, connection, isReused, sentMs, headMs, endedMs }: RequestTrace): void {
    if (sentMs === undefined || headMs === undefined || endedMs === undefined) return
    // Of a connection that was opened for it the request has waited until the opening began.
    const waitedMs = connection === undefined || isReused ? sentMs : Math.min(connection.openedMs, sentMs)
    this.#record('wait', waitedMs - askedMs)
    this.#record('firstByte', headMs - sentMs)
    this.#record('body', endedMs - headMs)
  }

  /** A connection that TCP has made. */
  addConnection({ openedMs, resolvedMs, connectedMs }: ConnectionTrace): void {
    if (resolvedMs !== undefined) this.#record('dns', resolvedMs - openedMs)
    if (connectedMs !== undefined) this.#record('connect', connectedMs - (resolvedMs ?? openedMs))
  }

  /** Its TLS handshake, done. */
  addHandshake({ openedMs, connectedMs, securedMs, tls }: ConnectionTrace): void {
    if (tls !== undefined && securedMs !== undefined) this.#record(tls, securedMs - (connectedMs ?? openedMs))
  }

  /** An iteration that succeeded. */
  addIteration(trace: IterationTrace, times: TracedTimes): void {
    const latencyUs = (times.endMs - times.dueMs) * 1_000
    const band = this.#bandOf(latencyUs)
    band.iterations++
    band.latencyUs += latencyUs
    if (trace.seen === 0 && trace.opened.length === 0) band.untraced++
    for (const [index, name] of phaseNames.entries())
      band.phasesUs[index] = (band.phasesUs[index] as number) + trace.sumMs(name) * 1_000
    band.phasesUs[dispatchIndex] = (band.phasesUs[dispatchIndex] as number) + (times.beginMs - times.dueMs) * 1_000
    this.#sample(trace, times, latencyUs)
  }

  read(): BlockPhases {
    return {
      histograms: Object.fromEntries([...this.#histograms].map(([name, histogram]) => [name, histogram.encode()])),
      bands: [...this.#bands].map(([band, { phasesUs, ...sums }]) => ({ band, ...sums, phasesUs: nameSums(phasesUs) })),
      exemplars: [...this.#reservoirs].map(([octave, { seen, kept }]) => ({ octave, seen, kept })),
    }
  }

  #record(phase: PhaseName, ms: number): void {
    const histogram = this.#histograms.get(phase) ?? new Histogram()
    if (histogram.count === 0) this.#histograms.set(phase, histogram)
    histogram.record(ms * 1_000)
  }

  #bandOf(latencyUs: number): BandSums {
    const index = bandOf(latencyUs)
    const known = this.#bands.get(index)
    if (known !== undefined) return known
    const made = { iterations: 0, untraced: 0, latencyUs: 0, phasesUs: new Float64Array(phaseNames.length) }
    this.#bands.set(index, made)
    return made
  }

  #sample(trace: IterationTrace, times: TracedTimes, latencyUs: number): void {
    const octave = octaveOf(latencyUs)
    const reservoir = this.#reservoirs.get(octave) ?? { seen: 0, kept: [] }
    if (reservoir.seen++ === 0) this.#reservoirs.set(octave, reservoir)
    const draw = this.#random()
    const { kept } = reservoir
    if (kept.length === exemplarDefaults.perOctave && draw >= (kept.at(-1) as Exemplar).draw) return
    kept.push(makeExemplar(trace, times, latencyUs, draw))
    kept.sort((a, b) => a.draw - b.draw)
    kept.length = Math.min(kept.length, exemplarDefaults.perOctave)
  }
}

function nameSums(sums: Float64Array): Partial<Record<PhaseName, number>> {
  return Object.fromEntries(
    phaseNames.map((name, index) => [name, sums[index] as number]).filter(([, sum]) => sum !== 0),
  )
}

function makeExemplar(
  { requests, opened }: IterationTrace,
  { dueMs, beginMs }: TracedTimes,
  latencyUs: number,
  draw: number,
): Exemplar {
  // Of a client that says nothing of its requests, the connections that it opened.
  const seen = requests.length > 0 ? requests : opened.slice(0, exemplarDefaults.requests).map(asRequest)
  const startedUs = (beginMs - dueMs) * 1_000
  return { draw, latencyUs, startedUs, requests: seen.map((request) => describe(request, dueMs)) }
}

type Described = Partial<RequestTrace> & Pick<RequestTrace, 'connection' | 'isReused'>

function asRequest(connection: ConnectionTrace): Described {
  return { connection, isReused: false }
}

function describe(request: Described, dueMs: number): ExemplarRequest {
  const { connection, isReused, status, askedMs, sentMs, headMs, endedMs } = request
  const opening = isReused ? undefined : connection
  const times = {
    askedUs: askedMs,
    openedUs: opening?.openedMs,
    resolvedUs: opening?.resolvedMs,
    connectedUs: opening?.connectedMs,
    securedUs: opening?.securedMs,
    sentUs: sentMs,
    headUs: headMs,
    endedUs: endedMs,
  }
  const relative = Object.entries(times).flatMap(([name, ms]) =>
    ms === undefined ? [] : [[name, (ms - dueMs) * 1_000]],
  )
  return {
    ...(connection !== undefined && { connection: connection.id, isReused }),
    ...(status !== undefined && { status }),
    ...(Object.fromEntries(relative) as Partial<ExemplarRequest>),
  }
}
