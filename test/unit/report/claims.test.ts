import { describe, expect, it } from 'vitest'
import type { ComparisonRun } from '../../../src/judge/judge-run.ts'
import { judgeValidity } from '../../../src/judge/judge-validity.ts'
import { renderText } from '../../../src/report/text.ts'
import { plain } from '../../../src/words/paint.ts'
import { makeBlock, makeQuads } from '../judge/make-block.ts'
import { phases, server, sketch, textOf } from './claim-sketches.ts'
import type { Sketch } from './make-sketch.ts'
import { sketches } from './sketches.ts'

// Sentences that name a cause or a limit: each is said where it is true, and not said where what would refute it is there.

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
      "the client's event loop was saturated, and the server's was not",
      /saturated event loop: client; busy: a client 95 %, server 40 %; b/,
      sketch({ eventLoopUtilization: 0.95, ...server(0.4) }, {}, { eventLoopUtilization: 0.95, ...server(0.4) }),
      sketch({ eventLoopUtilization: 0.9, ...server(0.4) }, {}, { eventLoopUtilization: 0.9, ...server(0.4) }),
    ],
    [
      "it was, and of the server's nothing is known",
      /saturated event loop: client \(the target's is not known\); busy: a client 95 %; b/,
      sketch({ eventLoopUtilization: 0.95 }, {}, { eventLoopUtilization: 0.95 }),
      sketch({ eventLoopUtilization: 0.95, ...server(0.4) }, {}, { eventLoopUtilization: 0.95, ...server(0.4) }),
    ],
    [
      "the server's was",
      /b client 20 %, server 95 % \(saturated: server\)/,
      sketch({ eventLoopUtilization: 0.2, ...server(0.95) }),
      sketch({ eventLoopUtilization: 0.2, ...server(0.9) }),
    ],
    ['neither was', /saturated event loop: neither/, sketch(server(0.4), {}, server(0.4)), sketch({})],
    [
      'local ports may be short for an arm that opens connections',
      /27,000 sockets were in TIME_WAIT after a block of b, with 28,232 local ports: finding a free one may be/,
      sketch({ timeWaitSockets: 27_000, localPorts: 28_232, wire: { connectionsOpened: 11 } }),
      sketch({ timeWaitSockets: 27_000, localPorts: 28_232, wire: { connectionsOpened: 10 } }),
    ],
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
    [
      'why it was expected is no reason for what was measured',
      /as expected: expected b ÷ a in latency.p50 at most 1.50 \(two connections\), measured 1.00\n/,
      sketch({}, { expect: [{ variant: 'b', ratio: { max: 1.5 }, because: 'two connections' }] }),
      sketch({}, { expect: [{ variant: 'b', ratio: { max: 0.5 }, because: 'two connections' }] }),
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
    const summary = {
      arm: 'a',
      eventLoopUtilization: 0.95,
      server: { eventLoopUtilization: busy },
      failures: [],
      latency: { count: 5_000 },
    }
    const { reasons } = judgeValidity({
      ...{ plan: { workload: { model: 'raw' } }, end: { state: 'decided' } },
      judgement: { problems: [], doubts: [], contrasts: [] },
      ...{ blocks: [{}], kept: [], warmUps: [], summaries: [summary] },
    } as unknown as ComparisonRun)
    expect(reasons).toEqual([expect.stringMatching(sentence)])
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
