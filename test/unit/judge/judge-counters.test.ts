import { describe, expect, it } from 'vitest'
import { makeBaseline, type RecordedComparison } from '../../../src/check/baseline-model.ts'
import type { CounterName } from '../../../src/judge/counter-form.ts'
import { judgeCounters } from '../../../src/judge/judge-counters.ts'
import type { Block } from '../../../src/sample/block.ts'
import type { Workload } from '../../../src/scenario/scenario-parts.ts'
import { makeSketch } from '../report/make-sketch.ts'
import { type BlockSketch, makeQuads } from './make-block.ts'

type SketchOf = (round: number) => Omit<BlockSketch, 'arm'>

function record(
  sketch: SketchOf,
  workload: Workload = { model: 'closed', concurrency: 20 },
  rounds = 8,
): RecordedComparison {
  // A round has two blocks of an arm; what a process opens at all it opens in the first of them.
  const seen = new Set<string>()
  const blocks = makeQuads(rounds, (_, round) => sketch(round)).map((block): Block => {
    const key = `${block.arm} ${block.round}`
    const isFirst = !seen.has(key)
    seen.add(key)
    return isFirst ? block : { ...block, newCarriers: { connections: 0, handshakesFull: 0, handshakesResumed: 0 } }
  })
  const [scenario] = makeBaseline(makeSketch({ blocks, scenario: { workload } })).scenarios
  return scenario?.comparisons[0] as RecordedComparison
}

function compare(earlier: RecordedComparison, later: RecordedComparison, tolerances = {}) {
  const own = ({ blocks }: RecordedComparison) => blocks.filter(({ arm }) => arm === 'b')
  return judgeCounters({
    before: own(earlier),
    after: own(later),
    workload: earlier.workload,
    target: earlier.target,
    tolerances,
  })
}

const carriers = (connections: number) => ({ connections, handshakesFull: 0, handshakesResumed: 0 })
const requestsOf = (round: number) => 1_000 + round * 7
/** A warm pool of 20: opened in the warm-up, nothing since. */
const pool: SketchOf = (round) => ({ requests: requestsOf(round), newCarriers: carriers(round === 0 ? 20 : 0) })
const stateless: SketchOf = (round) => ({
  requests: requestsOf(round),
  wire: { connectionsOpened: requestsOf(round), handshakesFull: requestsOf(round) },
  newCarriers: carriers(requestsOf(round)),
})

function states(earlier: SketchOf, later: SketchOf, workload?: Workload, tolerances = {}) {
  const findings = compare(record(earlier, workload), record(later, workload), tolerances)
  return Object.fromEntries(
    findings.filter(({ state }) => state !== 'same').map(({ counter, state }) => [counter, state]),
  )
}

describe('judgeCounters', () => {
  it('finds nothing between runs of the same code, however many requests they sent', () => {
    const longer =
      (sketch: SketchOf): SketchOf =>
      (round) =>
        sketch(round + 40)
    expect(states(pool, (round) => ({ ...pool(round), requests: 3_333 }))).toEqual({})
    expect(states(stateless, longer(stateless))).toEqual({})
  })

  it('lets a pool fill up while it is measured, but not beyond what it needed', () => {
    const late: SketchOf = (round) => ({
      ...pool(round),
      wire: { connectionsOpened: round === 3 ? 2 : 0 },
      newCarriers: carriers(round === 0 ? 18 : round === 3 ? 2 : 0),
    })
    expect(states(pool, late)).toEqual({})
  })

  it('catches one extra connection per 1,000 requests, of a pool and of stateless calls', () => {
    const leaking: SketchOf = (round) => ({
      ...pool(round),
      wire: { connectionsOpened: 1 },
      newCarriers: carriers(round === 0 ? 20 : 1),
    })
    expect(states(pool, leaking)).toEqual({ connectionsPerRequest: 'worse' })
    const extra: SketchOf = (round) => ({
      ...stateless(round),
      wire: { ...stateless(round).wire, connectionsOpened: requestsOf(round) + 1 },
    })
    expect(states(stateless, extra)).toEqual({ connectionsPerRequest: 'worse' })
  })

  it('catches keep-alive turned off, and welcomes it turned on', () => {
    expect(states(pool, stateless)).toMatchObject({ connectionsPerRequest: 'worse' })
    expect(states(stateless, pool)).toMatchObject({ connectionsPerRequest: 'better', handshakesPerRequest: 'better' })
  })

  it('catches TLS resumption lost', () => {
    const resuming: SketchOf = (round) => ({
      ...stateless(round),
      wire: { connectionsOpened: requestsOf(round), handshakesFull: 0, handshakesResumed: requestsOf(round) },
    })
    expect(states(resuming, stateless)).toEqual({ fullHandshakesPerRequest: 'worse' })
    expect(states(stateless, resuming)).toEqual({ fullHandshakesPerRequest: 'better' })
  })

  it('catches TLS resumption lost where it was by chance, by the median of the blocks', () => {
    const partly =
      (share: (round: number) => number): SketchOf =>
      (round) => {
        const full = Math.round(requestsOf(round) * share(round))
        return {
          ...stateless(round),
          wire: {
            connectionsOpened: requestsOf(round),
            handshakesFull: full,
            handshakesResumed: requestsOf(round) - full,
          },
        }
      }
    const chance = partly((round) => 0.1 + (round % 5) / 50)
    expect(
      states(
        chance,
        partly((round) => 0.1 + ((round + 2) % 5) / 50),
      ),
    ).toEqual({})
    expect(
      states(
        chance,
        partly(() => 0.3),
      ),
    ).toEqual({ fullHandshakesPerRequest: 'worse' })
    expect(
      states(
        chance,
        partly(() => 0.01),
      ),
    ).toEqual({ fullHandshakesPerRequest: 'better' })
  })

  it('catches one more request and one more byte, unless a tolerance is declared', () => {
    const twice: SketchOf = (round) => ({
      ...pool(round),
      wire: {
        requests: 2 * requestsOf(round),
        bytesSent: 200 * requestsOf(round),
        bytesReceived: 600 * requestsOf(round),
      },
    })
    expect(states(pool, twice)).toEqual({ requestsPerIteration: 'worse' })
    const longer: SketchOf = (round) => ({ ...pool(round), wire: { bytesReceived: 301 * requestsOf(round) } })
    expect(states(pool, longer)).toEqual({ bytesReceivedPerRequest: 'worse' })
    expect(
      states(pool, longer, undefined, { bytesReceivedPerRequest: 1 } satisfies Partial<Record<CounterName, number>>),
    ).toEqual({})
  })

  it('takes a count per block for what it is when a variant is made anew for each block', () => {
    const perBlock =
      (connections: number): SketchOf =>
      (round) => ({
        requests: requestsOf(round),
        wire: { connectionsOpened: connections },
        newCarriers: carriers(connections),
      })
    expect(states(perBlock(4), (round) => perBlock(4)(round + 3))).toEqual({})
    expect(states(perBlock(4), perBlock(5))).toEqual({ connectionsPerRequest: 'worse' })
  })

  it('lets the pool of an open loop grow to what may be in flight', () => {
    const open: Workload = { model: 'open', arrivalRate: 200, maxInFlight: 40 }
    const grown =
      (size: number): SketchOf =>
      (round) => ({
        ...pool(round),
        wire: { connectionsOpened: round === 2 ? 5 : 0 },
        newCarriers: carriers(round === 0 ? size : 0),
      })
    expect(states(pool, grown(40), open)).toEqual({})
    expect(states(pool, grown(41), open)).toEqual({ connectionsPerRequest: 'worse' })
  })

  it('leaves blocks with failed iterations out', () => {
    const failing: SketchOf = (round) => ({ ...pool(round), ...(round === 4 && { failed: 1, wire: { requests: 1 } }) })
    expect(states(pool, failing)).toEqual({})
    expect(
      compare(
        record(pool),
        record((round) => ({ ...pool(round), failed: 1 })),
      ),
    ).toEqual([])
  })

  const reasonOf = (earlier: RecordedComparison, later: RecordedComparison, counter: CounterName, tolerances = {}) =>
    compare(earlier, later, tolerances).find((finding) => finding.counter === counter)?.reason

  it('says of what is no worse only what is so', () => {
    const larger: SketchOf = (round) => ({ ...pool(round), newCarriers: carriers(round === 0 ? 25 : 0) })
    expect(reasonOf(record(pool), record(pool), 'connectionsPerRequest')).toBe(
      'no process used more connections than it needed (20)',
    )
    expect(reasonOf(record(pool), record(larger), 'connectionsPerRequest')).toBe(
      'none was opened while it was measured, as before; up to 25 connections of a process were there already',
    )
    const longer: SketchOf = (round) => ({ ...pool(round), wire: { bytesReceived: 301 * requestsOf(round) } })
    const allowed = { bytesReceivedPerRequest: 1 }
    expect(reasonOf(record(pool), record(pool), 'bytesReceivedPerRequest', allowed)).toBe('the same in every block')
    expect(reasonOf(record(pool), record(longer), 'bytesReceivedPerRequest', allowed)).toBe(
      'within the tolerance in every block',
    )
  })

  it('takes one block for exact only where its ratio is a whole number', () => {
    const oneBlock = (of: RecordedComparison) => ({
      ...of,
      blocks: of.blocks.filter(({ arm }) => arm === 'b').slice(0, 1),
    })
    const some: SketchOf = () => ({ requests: 1_000, wire: { connectionsOpened: 3 }, newCarriers: carriers(3) })
    const more: SketchOf = () => ({ requests: 1_000, wire: { connectionsOpened: 4 }, newCarriers: carriers(4) })
    const stateOf = (earlier: SketchOf, later: SketchOf) =>
      compare(oneBlock(record(earlier)), oneBlock(record(later))).find(
        ({ counter }) => counter === 'connectionsPerRequest',
      )
    expect(stateOf(some, more)).toMatchObject({
      state: 'not judged',
      reason: 'one block does not tell whether it varies',
    })
    expect(stateOf(stateless, (round) => ({ ...stateless(round), wire: { connectionsOpened: 1_001 } }))).toMatchObject({
      state: 'worse',
    })
    expect(stateOf(pool, stateless)).toMatchObject({ form: 'pool', state: 'worse' })
  })

  it('takes nothing for exact where connections come by chance, unless it is beyond doubt', () => {
    const fickle =
      (resent: number, opened = 3): SketchOf =>
      (round) => ({
        requests: 1_000 + round,
        wire: { connectionsOpened: opened + (round % 2), requests: 1_000 + round + resent },
        newCarriers: carriers(opened),
        succeeded: 1_000 + round,
      })
    const few = (of: SketchOf) => record(of, undefined, 2)
    const states = (earlier: SketchOf, later: SketchOf) =>
      Object.fromEntries(compare(few(earlier), few(later)).map(({ counter, state }) => [counter, state]))
    expect(states(fickle(0), fickle(20))).toMatchObject({
      connectionsPerRequest: 'not judged',
      requestsPerIteration: 'not judged',
    })
    expect(states(fickle(0), fickle(0, 900))).toMatchObject({ connectionsPerRequest: 'worse' })
    // With enough blocks what all of them show is worse.
    const [before, after] = [fickle(0), fickle(20)].map((of) => record(of)) as [RecordedComparison, RecordedComparison]
    expect(compare(before, after).find(({ counter }) => counter === 'requestsPerIteration')?.state).toBe('worse')
  })

  it('judges what a target does at random by its range only', () => {
    const faulty = (of: RecordedComparison) => ({
      ...of,
      target: { kind: 'fixture', protocol: 'http', rttMs: 0, conditions: { faults: { resetReused: 0.01 } } } as const,
    })
    const reset: SketchOf = (round) => ({
      ...pool(round),
      wire: { connectionsOpened: round === 5 ? 2 : 0 },
      newCarriers: carriers(round === 5 ? 22 : 0),
    })
    expect(compare(record(pool), record(reset)).filter(({ state }) => state === 'worse')).toHaveLength(1)
    expect(compare(faulty(record(pool)), faulty(record(reset))).filter(({ state }) => state === 'worse')).toEqual([])
    expect(
      compare(faulty(record(pool)), faulty(record(stateless))).filter(({ state }) => state === 'worse'),
    ).toMatchObject([
      { counter: 'connectionsPerRequest', form: 'varies' },
      { counter: 'fullHandshakesPerRequest' },
      { counter: 'handshakesPerRequest' },
    ])
  })
})
