import type { Results } from '../../../src/document/model.ts'
import type { Scenario } from '../../../src/scenario/define.ts'
import { makeQuads } from '../judge/make-block.ts'
import { makeSketch } from '../report/make-sketch.ts'

export interface Run {
  readonly cpuUs?: number
  readonly connections?: number
  readonly shift?: number
  /** What the speed control took, in ms. */
  readonly controlMs?: number
  readonly generations?: number
  readonly scenario?: Partial<Scenario<'a' | 'b'>>
}

/** Eight generations of two rounds, each process with a speed of its own. */
export function run({
  cpuUs = 50,
  connections = 0,
  shift = 0,
  controlMs = 5,
  generations = 8,
  scenario,
}: Run = {}): Results {
  const blocks = Array.from({ length: generations }, (_, generation) =>
    makeQuads(2, (arm, round) => ({
      generation,
      latencyUs: 1_000 * (1 + ((generation + shift) % 5) / 100 + round / 1_000),
      cpuUserUs: cpuUs * 1_000 * (arm === 'b' ? 1 : 2) * (1 + ((generation * 3 + shift) % 7) / 200),
      cpuSystemUs: 0,
      speedControlMs: [controlMs, controlMs],
      wire: { connectionsOpened: arm === 'b' ? connections : 0 },
      newCarriers: { connections: arm === 'b' ? connections : 0, handshakesFull: 0, handshakesResumed: 0 },
    })),
  ).flat()
  return makeSketch({ blocks, scenario: { isolation: 'process', ...scenario } })
}
