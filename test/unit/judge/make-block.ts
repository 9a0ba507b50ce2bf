import type { Block } from '../../../src/sample/block.ts'
import { Histogram } from '../../../src/sample/histogram.ts'

export interface BlockSketch extends Pick<Block, 'arm'>, Partial<Omit<Block, 'arm' | 'wire'>> {
  readonly latencyUs?: number
  readonly requests?: number
  readonly wire?: Partial<Block['wire']>
}

/** A block as an arm would report it, from the few figures that a test is about; all iterations take `latencyUs`. */
export function makeBlock({ latencyUs = 1_000, requests = 1_000, wire, ...rest }: BlockSketch): Block {
  const service = new Histogram()
  for (let i = 0; i < requests; i++) service.record(latencyUs)
  const busyMs = (latencyUs * requests) / 1_000
  return {
    generation: 0,
    round: 0,
    position: 0,
    startedAt: '2026-01-01T00:00:00.000Z',
    elapsedMs: busyMs / 10,
    workMs: busyMs / 10,
    succeeded: requests,
    failed: 0,
    failures: [],
    service: service.encode(),
    failedService: new Histogram().encode(),
    p50Us: service.percentileUs(50),
    p90Us: service.percentileUs(90),
    p99Us: service.percentileUs(99),
    newCarriers: { connections: 0, handshakesFull: 0, handshakesResumed: 0 },
    unanswered: 0,
    cpuUserUs: 40 * requests,
    cpuSystemUs: 10 * requests,
    eventLoopUtilization: 0.5,
    gcMs: 0,
    speedControlMs: [5, 5],
    disagreements: [],
    ...rest,
    wire: {
      connectionsOpened: 0,
      handshakesFull: 0,
      handshakesResumed: 0,
      requests,
      bytesSent: 100 * requests,
      bytesReceived: 300 * requests,
      ...wire,
    },
  }
}

/** Mirrored rounds of two arms, ABBA as often as BAAB; `sketch` says what each block was like. */
export function makeQuads(count: number, sketch: (arm: 'a' | 'b', round: number) => Omit<BlockSketch, 'arm'>): Block[] {
  return Array.from({ length: count }, (_, round) =>
    (round % 4 < 2 ? (['a', 'b', 'b', 'a'] as const) : (['b', 'a', 'a', 'b'] as const)).map((arm, position) =>
      makeBlock({ arm, round, position, ...sketch(arm, round) }),
    ),
  ).flat()
}

/** Rounds of any number of arms, each in this order and its mirror image. */
export function makeRounds<Arm extends string>(
  count: number,
  arms: readonly Arm[],
  sketch: (arm: Arm, round: number) => Omit<BlockSketch, 'arm'>,
): Block[] {
  return Array.from({ length: count }, (_, round) =>
    [...arms, ...arms.toReversed()].map((arm, position) => makeBlock({ arm, round, position, ...sketch(arm, round) })),
  ).flat()
}
