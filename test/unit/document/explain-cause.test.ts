import { describe, expect, it } from 'vitest'
import { explainCause } from '../../../src/document/explain-cause.ts'
import type { ComparisonResult } from '../../../src/document/model.ts'
import type { ContrastResult } from '../../../src/judge/judge-comparison.ts'
import type { Scenario } from '../../../src/scenario/define.ts'
import { type BlockSketch, makeQuads } from '../judge/make-block.ts'
import { makeSketch } from '../report/make-sketch.ts'

type Arms = Readonly<Record<'a' | 'b', Omit<BlockSketch, 'arm'>>>

/** Per block of 100 iterations: what an arm's requests went over. */
const over = (connections: number, full = 0, resumed = 0, fullTls12?: number): Pick<BlockSketch, 'newCarriers'> => ({
  newCarriers: {
    ...{ connections, handshakesFull: full, handshakesResumed: resumed },
    ...(fullTls12 !== undefined && { handshakesFullTls12: fullTls12 }),
  },
})

function causeOf(arms: Arms, scenario: Partial<Scenario<'a' | 'b'>> = { target: { rttMs: 20 } }) {
  const blocks = makeQuads(8, (arm, round) => ({
    requests: 100,
    ...arms[arm],
    latencyUs: (arms[arm].latencyUs ?? 0) + round,
  }))
  const comparison = makeSketch({ blocks, scenario }).scenarios[0]?.comparisons[0] as ComparisonResult
  return explainCause(comparison, comparison.contrasts[0] as ContrastResult)
}

const kept = { latencyUs: 20_500, ...over(0) }
const https = { target: { rttMs: 20, protocol: 'https' } } as const

describe('round trips', () => {
  it.each<[string, Arms, Partial<Scenario<'a' | 'b'>> | undefined, string | undefined]>([
    [
      'of a connection',
      { a: { latencyUs: 41_000, ...over(100) }, b: kept },
      undefined,
      'a paid 1 connection per request, that is 1 round trip of 20 ms',
    ],
    [
      'of a full handshake',
      { a: { latencyUs: 61_500, ...over(100, 100) }, b: kept },
      https,
      'a paid 1 connection and 1 handshake per request, that is 2 round trips of 20 ms',
    ],
    [
      'of a resumed one',
      { a: { latencyUs: 61_500, ...over(100, 0, 100) }, b: kept },
      https,
      'a paid 1 connection and 1 handshake per request, that is 2 round trips of 20 ms',
    ],
    [
      'of a full one in TLS 1.2',
      { a: { latencyUs: 82_000, ...over(100, 100, 0, 100) }, b: kept },
      https,
      'a paid 1 connection and 1 handshake per request, that is 3 round trips of 20 ms',
    ],
    [
      'of a resumed one in TLS 1.2',
      { a: { latencyUs: 61_500, ...over(100, 0, 100, 0) }, b: kept },
      https,
      'a paid 1 connection and 1 handshake per request, that is 2 round trips of 20 ms',
    ],
    [
      'in an old file, of a target that speaks TLS 1.2',
      { a: { latencyUs: 82_000, ...over(100, 100) }, b: kept },
      { target: { ...https.target, tlsVersion: '1.2' } },
      'a paid 1 connection and 1 handshake per request, that is 3 round trips of 20 ms',
    ],
    [
      'of a login before every page',
      { a: { latencyUs: 81_000, ...over(200), wire: { requests: 200 } }, b: kept },
      undefined,
      'a paid 1 connection per request and sent 2 requests (b 1 request), that is 3 round trips of 20 ms per iteration',
    ],
    [
      'of several requests one after another',
      {
        a: { latencyUs: 202_000, ...over(500), wire: { requests: 500 } },
        b: { ...kept, latencyUs: 101_000, wire: { requests: 500 } },
      },
      undefined,
      'a paid 1 connection per request, that is 5 round trips of 20 ms per iteration',
    ],
    [
      'of the connections that one needs more than the other',
      { a: { latencyUs: 41_000, ...over(100) }, b: { latencyUs: 31_000, ...over(50) } },
      undefined,
      'a paid 0.50 connections more per request than b, that is 0.50 round trips of 20 ms',
    ],
  ])('%s', (_, arms, scenario, cause) => {
    expect(causeOf(arms, scenario)).toBe(cause)
  })

  it.each<[string, Arms, Partial<Scenario<'a' | 'b'>> | undefined, string]>([
    [
      'requests that ran beside each other paid them at once',
      {
        a: { latencyUs: 41_000, ...over(1_600), wire: { requests: 1_600 } },
        b: { ...kept, wire: { requests: 1_600 } },
      },
      undefined,
      'a paid 1 connection per request',
    ],
    [
      'the dearer arm was the faster one',
      { a: { latencyUs: 10_000, ...over(100) }, b: kept },
      undefined,
      'a paid 1 connection per request',
    ],
    [
      'something else took longer',
      { a: { latencyUs: 90_000, ...over(100) }, b: kept },
      undefined,
      'a paid 1 connection per request',
    ],
    [
      'the handshakes took another round trip than was counted',
      { a: { latencyUs: 82_000, ...over(100, 100) }, b: kept },
      https,
      'a paid 1 connection and 1 handshake per request',
    ],
    [
      'there is no distance',
      { a: { latencyUs: 300, ...over(100) }, b: { ...kept, latencyUs: 100 } },
      {},
      'a paid 1 connection per request',
    ],
    [
      'they are a tenth of one',
      { a: { latencyUs: 20_500, ...over(10) }, b: kept },
      undefined,
      'a paid 0.10 connections per request',
    ],
  ])('are not spoken of where %s', (_, arms, scenario, cause) => {
    expect(causeOf(arms, scenario)).toBe(cause)
  })
})

it('nothing is said of arms that needed the same', () => {
  expect(causeOf({ a: { latencyUs: 41_000, ...over(4) }, b: { latencyUs: 20_500, ...over(0) } })).toBeUndefined()
})
