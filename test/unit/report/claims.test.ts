import { describe, expect, it } from 'vitest'
import type { ComparisonRun } from '../../../src/measure/run-comparison.ts'
import { explainSurprise } from '../../../src/report/explain-surprise.ts'
import { judgeValidity } from '../../../src/report/judge-validity.ts'
import type { ComparisonResult } from '../../../src/report/model.ts'
import { plain } from '../../../src/report/table.ts'
import { renderText } from '../../../src/report/text.ts'
import type { BlockPhases } from '../../../src/sample/phases.ts'
import { type BlockSketch, makeBlock, makeQuads } from '../judge/make-block.ts'
import { makeSketch, type Sketch } from './make-sketch.ts'
import { sketches } from './sketches.ts'

// Sentences that name a cause or a limit: each is said where it is true, and not said where what would refute it is there.

const wobble = (round: number) => 1 + ((round * 7) % 5) / 1_000 + round / 10_000
type Change = Partial<BlockSketch>

/** A run of two arms of which b is changed. */
function sketch(b: Change, scenario: Sketch['scenario'] = {}, a: Change = {}): Sketch {
  const blocks = makeQuads(8, (arm, round) => ({ latencyUs: 10_000 * wobble(round), ...(arm === 'b' ? b : a) }))
  return { blocks, scenario }
}

const textOf = (of: Sketch) => renderText(makeSketch(of), { width: 5_000, paint: plain })

function comparisonOf(of: Sketch): ComparisonResult {
  return makeSketch(of).scenarios[0]?.comparisons[0] as ComparisonResult
}

const server = (eventLoopUtilization: number) => ({ server: { cpuUserUs: 1, cpuSystemUs: 1, eventLoopUtilization } })

/** An open loop of which b was sent 2.4 ms late. */
function open(arrivalRate: number, eventLoopUtilization: number, lateUs = 2_400): Sketch {
  const openLoop = (arm: 'a' | 'b') => ({
    ...{ intended: 1_000, dropped: 0 },
    response: makeBlock({ arm, latencyUs: 10_000 }).service,
    dispatchDelay: makeBlock({ arm, latencyUs: arm === 'b' ? lateUs : 5 }).service,
  })
  return {
    blocks: makeQuads(8, (arm) => ({ openLoop: openLoop(arm), ...(arm === 'b' && { eventLoopUtilization }) })),
    scenario: { workload: { model: 'open', arrivalRate } },
  }
}

describe('in a whole report', () => {
  it.each<[string, RegExp, Sketch, Sketch]>([
    [
      'a saturated generator was late',
      /the generator was saturated: b was sent late, p99/,
      open(2_000, 0.95),
      open(2_000, 0.5),
    ],
    ['… at 20/s', /the generator was saturated: b was sent late, p99/, open(20, 0.95), open(20, 0.05)],
    ['… at 0.5/s', /the generator was saturated: b was sent late, p50/, open(0.5, 0.95), open(0.5, 0.01)],
    [
      'a late loop was late, whatever the reason',
      /suspect: b was sent late, p50 dispatch delay/,
      open(0.5, 0.01),
      open(0.5, 0.01, 5),
    ],
    [
      'a generator on time was saturated',
      /b's event loop had work 95 % of the time, more than 90 %/,
      open(2_000, 0.95, 5),
      open(2_000, 0.9, 5),
    ],
    [
      'the client set the pace',
      /saturated: client; event loop busy/,
      sketch({ eventLoopUtilization: 0.95 }, {}, { eventLoopUtilization: 0.95 }),
      sketch({ eventLoopUtilization: 0.9 }, {}, { eventLoopUtilization: 0.9 }),
    ],
    [
      'the server set the pace',
      /b client 20 %, server 95 % \(saturated: server\)/,
      sketch({ eventLoopUtilization: 0.2, ...server(0.95) }),
      sketch({ eventLoopUtilization: 0.2, ...server(0.9) }),
    ],
    ['nobody did', /saturated: neither/, sketch(server(0.4), {}, server(0.4)), sketch({})],
    [
      'steal may be the difference',
      /\(steal\) while b was measured, more than 5.0 %: the difference may be theirs/,
      sketch({ cpuStealShare: 0.1 }),
      sketch({ cpuStealShare: 0.05 }),
    ],
    [
      'failures were mostly of one kind',
      /10 % of b's iterations failed, .*, mostly 'reset' \(a\)/,
      sketch({
        succeeded: 900,
        failed: 100,
        failures: [
          { code: 'reset', count: 60, message: 'a' },
          { code: 'timeout', count: 40, message: 'b' },
        ],
      }),
      sketch({
        succeeded: 900,
        failed: 100,
        failures: [
          { code: 'reset', count: 40, message: 'a' },
          { code: 'timeout', count: 35, message: 'b' },
          { code: 'tls', count: 25, message: 'c' },
        ],
      }),
    ],
    [
      'a loop was blocked where counts differ',
      /blocked for 2 s: something in the variant computes or waits synchronously, or the machine stood still/,
      sketch({ disagreements: [{ count: 'requests', client: 1, server: 2 }], eventLoopDelayMaxUs: 2_000_000 }),
      sketch({ disagreements: [{ count: 'requests', client: 1, server: 2 }], eventLoopDelayMaxUs: 900_000 }),
    ],
    [
      'only another distance was expected to come out so',
      /did not come out: .*at most 0.500 \(two connections\), measured 1.00\. Likely/,
      sketch({}, { expect: [{ variant: 'b', ratio: { max: 0.5 }, because: 'two connections' }] }),
      sketch({}, { expect: [{ variant: 'b', ratio: { max: 1.5 }, because: 'two connections' }] }),
    ],
  ])('%s', (_, sentence, isSo, isNot) => {
    expect(textOf(isSo)).toMatch(sentence)
    expect(textOf(isNot)).not.toMatch(sentence)
  })

  it('one arm has no difference that steal could be', () => {
    const summary = {
      arm: 'a',
      cpuStealShare: 0.1,
      latency: { count: 2_000 },
      failures: [],
      service: {},
      failedService: {},
    }
    const judge = (summaries: readonly object[]) =>
      judgeValidity({
        ...{ plan: { workload: { model: 'closed' } }, end: { state: 'decided' } },
        judgement: { problems: [], doubts: [], contrasts: [] },
        ...{ blocks: [{}], kept: [], warmUps: [], summaries },
      } as unknown as ComparisonRun).reasons
    expect(judge([summary])).toEqual([expect.stringMatching(/: the figures may be theirs$/)])
    expect(judge([summary, { ...summary, arm: 'b' }])).toEqual([
      expect.stringMatching(/: the difference may be theirs$/),
    ])
  })

  it('a limit that was declared twice is of one arm', () => {
    const twice = { variant: 'b', metric: 'errorRate', max: 0 } as const
    const text = textOf(sketch({}, { thresholds: [twice, twice] }))
    expect(text.match(/threshold held: b errorRate/g)).toHaveLength(1)
    expect(text).not.toMatch(/arms/)
    expect(renderText(sketches.sweep, { width: 5_000, paint: plain })).toMatch(
      /threshold held: \S+ \S+ \S+ \S+ in all 3 arms/,
    )
  })

  it.each([
    ['the server had time', 0.5, /95 % busy, so the server may hold more; --processes/],
    ['it had none either', 0.95, /95 % busy, as was the server's, and either may set the pace; --processes/],
  ])('a saturated raw generator: %s', (_, busy, sentence) => {
    const summary = { arm: 'a', eventLoopUtilization: 0.95, server: { eventLoopUtilization: busy }, failures: [] }
    const { reasons } = judgeValidity({
      ...{ plan: { workload: { model: 'raw' } }, end: { state: 'decided' } },
      judgement: { problems: [], doubts: [], contrasts: [] },
      ...{ blocks: [{}], kept: [], warmUps: [], summaries: [summary] },
    } as unknown as ComparisonRun)
    expect(reasons).toEqual([expect.stringMatching(sentence)])
  })
})

/** A median of which so much was spent in the pool, and so much on nothing that was seen. */
const phases = (waitUs: number, otherUs = 0, untraced = 0): Pick<BlockSketch, 'phases'> => {
  const [firstByte, latencyUs] = [5_000, 5_000 + waitUs + otherUs]
  const bands: BlockPhases['bands'] = [
    {
      ...{ band: 400, iterations: 1_000, untraced, latencyUs: 1_000 * latencyUs },
      phasesUs: { wait: 1_000 * waitUs, firstByte: 1_000 * firstByte },
    },
  ]
  return { phases: { histograms: {}, bands, exemplars: [] } }
}

describe('likely reasons for a surprise', () => {
  const reasonsFor = (of: Sketch) => {
    const comparison = comparisonOf(of)
    return explainSurprise(comparison, comparison.arms)
  }
  const alone = { workload: { model: 'closed', concurrency: 1 } } as const

  it.each<[string, RegExp, Sketch, Sketch]>([
    [
      'the CPU set the pace',
      /busy nearly all the time for b: CPU work set the pace/,
      sketch({ eventLoopUtilization: 0.95 }),
      sketch({ eventLoopUtilization: 0.95, ...server(0.95) }),
    ],
    [
      'both were busy',
      /busy nearly all the time for b, and so was the server's$/,
      sketch({ eventLoopUtilization: 0.95, ...server(0.95) }),
      sketch({ eventLoopUtilization: 0.95, ...server(0.9) }),
    ],
    [
      'requests queued for the CPU',
      /busy 70 % of the time for b: requests queued for it/,
      sketch({ eventLoopUtilization: 0.7 }),
      sketch({ eventLoopUtilization: 0.7 }, alone),
    ],
    [
      'garbage was collected',
      /garbage collection took 6.0 % of the time of b/,
      sketch({ elapsedMs: 100, gcMs: 6 }),
      sketch({ elapsedMs: 100, gcMs: 5 }),
    ],
    [
      'the machine was not equally fast',
      /not equally fast all the time: the same work took up to 40 % longer$/,
      sketch({ speedControlMs: [5, 7] }),
      sketch({ speedControlMs: [5, 6.5] }),
    ],
    ['iterations failed', /16 iterations of b failed/, sketch({ failed: 1 }, { errorBudget: 1 }), sketch({})],
    [
      'a phase took longer',
      /the medians differ most in waiting in the client's pool: 1.00 ms in a, 9.00 ms in b/,
      sketch(phases(9_000), {}, phases(1_000)),
      sketch(phases(1_100), {}, phases(1_000)),
    ],
    [
      'the client worked longer',
      /the medians differ most in the client's own work/,
      sketch(phases(0, 9_000), {}, phases(0)),
      sketch(phases(0, 9_000, 500), {}, phases(0)),
    ],
  ])('%s', (_, reason, isSo, isNot) => {
    expect(reasonsFor(isSo)).toEqual(expect.arrayContaining([expect.stringMatching(reason)]))
    expect(reasonsFor(isNot)).not.toEqual(expect.arrayContaining([expect.stringMatching(reason)]))
  })

  it('are none of what was looked at, and --phases is not named where there are phases', () => {
    const missed = { expect: [{ variant: 'b', ratio: { max: 0.5 } }] } as const
    expect(textOf(sketch({}, missed))).toMatch(/Likely reason: none that CPU or errors show \(--phases may\)/)
    expect(textOf(sketch(phases(1_000), missed, phases(1_000)))).toMatch(
      /Likely reason: none that phases, CPU or errors show\n/,
    )
  })
})

it.each([
  ['http', 20, 'first byte'],
  ['https', 20, 'TLS'],
  ['h2', 20, 'TLS'],
  ['http', 0, undefined],
] as const)('a connect over an emulated link shows in the phase after it: %s at %i ms', (protocol, rttMs, next) => {
  const connecting = phases(1_000)
  const [band] = connecting.phases?.bands ?? []
  Object.assign(band?.phasesUs ?? {}, { connect: 5_000 })
  const text = textOf(sketch(connecting, { target: { protocol, rttMs } }, connecting))
  if (next === undefined) expect(text).not.toMatch(/emulated link/)
  else expect(text).toContain(`the round trip of a TCP connect shows in the phase after it: ${next}\n`)
})
