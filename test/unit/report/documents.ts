import type { ComparisonResult, Results, ScenarioResult } from '../../../src/document/model.ts'
import { Histogram } from '../../../src/sample/histogram.ts'
import { makeBlock, makeQuads } from '../judge/make-block.ts'
import { makeSketch, type Sketch } from './make-sketch.ts'

const wobble = (round: number) => 1 + ((round * 7) % 5) / 1_000 + round / 10_000

/** b takes half as long as a, which opens a connection for each request. */
const distance = makeQuads(8, (arm, round) => ({
  latencyUs: (arm === 'a' ? 41_000 : 20_500) * wobble(round),
  requests: 200,
  startedAt: `2026-01-01T00:00:${String(round).padStart(2, '0')}.${arm === 'a' ? '000' : '500'}Z`,
  wire: { connectionsOpened: arm === 'a' ? 200 : 0 },
  newCarriers: { connections: arm === 'a' ? 200 : round === 0 ? 5 : 0, handshakesFull: 0, handshakesResumed: 0 },
  server: { cpuUserUs: 6_000, cpuSystemUs: 2_000, eventLoopUtilization: arm === 'a' ? 0.31 : 0.12 },
}))

const openLoop = makeQuads(8, (arm, round) => {
  const { service } = makeBlock({ arm, latencyUs: (arm === 'a' ? 41_000 : 20_500) * wobble(round), requests: 200 })
  const dispatchDelay = makeBlock({ arm, latencyUs: 12, requests: 200 }).service
  const p50Us = Histogram.decode(service).percentileUs(50)
  return {
    latencyUs: 1_000,
    requests: 200,
    openLoop: { intended: 201, dropped: 1, response: service, dispatchDelay },
    ...{ p50Us, p90Us: p50Us, p99Us: p50Us },
  }
})

const held = { variant: 'b', metric: 'latency.p50', maxRatio: 0.7 } as const
const failed = { variant: 'a', metric: 'connectionsPerRequest', max: 0.5 } as const

const parts = {
  held: {
    blocks: distance,
    scenario: { target: { rttMs: 20 }, explain: 'Because of the round trips.', thresholds: [held] },
  },
  failed: { blocks: distance, scenario: { thresholds: [held, failed] } },
  undecided: {
    end: { state: 'bound reached' },
    blocks: distance.filter(({ round }) => round < 3),
    scenario: { thresholds: [held] },
  },
  'no threshold': { blocks: distance },
  'open loop': {
    blocks: openLoop,
    scenario: { workload: { model: 'open', arrivalRate: 100, maxInFlight: 50 } },
  },
  invalid: {
    blocks: distance.map((block, index) =>
      index === 3 ? { ...block, disagreements: [{ count: 'connectionsOpened', client: 200, server: 201 }] } : block,
    ),
    scenario: { thresholds: [held] },
  },
  'not measured': { blocks: [], end: { state: 'failed', message: "none of 9 iterations of 'a' succeeded" } },
  'errors only': {
    blocks: makeQuads(8, () => ({ requests: 0, failed: 9, p50Us: 0, p90Us: 0, p99Us: 0 })),
  },
  interrupted: { blocks: distance.slice(0, 10), end: { state: 'interrupted' }, partial: true },
  'interrupted at once': { blocks: distance.slice(0, 1), end: { state: 'interrupted' }, partial: true },
} as const satisfies Record<string, Sketch>

/** Documents by what they are about. */
export const documents = Object.fromEntries(
  Object.entries(parts).map(([name, sketch]) => [name, nameScenario(makeSketch(sketch), name)]),
) as Readonly<Record<keyof typeof parts, Results>>

/** One run of several scenarios, one of them twice. */
export const manifold = join(['held', 'failed', 'undecided', 'open loop', 'invalid', 'held'])

export const empty: Results = { ...documents.held, scenarios: [] }

/** Names that try to be something else in every format. */
export const hostileArm = 'x"><script>alert(1)</script>|`*_[a](http://b)\\ @team #1 \u0000\u001b[31m\ud800,\r\n\'"=1+1'

/** A run in which everything that a user names is hostile. */
export const hostile = makeHostile(join(['failed', 'undecided', 'invalid']))

function join(names: readonly (keyof typeof parts)[]): Results {
  return { ...documents.held, scenarios: names.flatMap((name) => documents[name].scenarios) }
}

function nameScenario(results: Results, name: string): Results {
  return { ...results, scenarios: results.scenarios.map((scenario) => ({ ...scenario, name })) }
}

/** The results as if everything that is named or said by somebody else were this text; enough is kept to tell arms apart. */
export function makeHostile(results: Results, text = hostileArm): Results {
  const rename = <Named extends { arm: string }>(named: Named) => ({ ...named, arm: text + named.arm })
  const corruptArm = (arm: ComparisonResult['arms'][number]): ComparisonResult['arms'][number] => ({
    ...arm,
    id: text + arm.id,
    variant: text,
    params: { [text]: text },
    failed: 9,
    failures: [{ code: 'status', status: 503, count: 9, message: text, url: text }],
    steps: [{ name: text, succeeded: 1, failed: 0, service: arm.service }],
  })
  const corrupt = (comparison: ComparisonResult): ComparisonResult => ({
    ...comparison,
    id: text + comparison.id,
    target: { kind: 'external', protocol: 'http', rttMs: 0, origin: text, name: text },
    reasons: comparison.reasons.map((reason) => reason + text),
    baselineArm: `${text}a`,
    arms: comparison.arms.map(corruptArm),
    contrasts: comparison.contrasts.map((contrast) => ({
      ...rename(contrast),
      baseline: `${text}a`,
      primary: { ...contrast.primary, warnings: [text], reason: text },
    })),
    thresholds: comparison.thresholds.map((threshold) => ({ ...rename(threshold), reason: text })),
    expectations: comparison.arms.map(({ id }) => ({
      ...{ arm: text + id, baseline: `${text}a`, metric: 'latency.p50' as const, expected: { max: 1 } },
      ...{ ratio: 2, state: 'did not come out' as const, because: text, reasons: [text] },
    })),
    blocks: comparison.blocks.map(rename),
  })
  const scenarios = results.scenarios.map(
    (scenario): ScenarioResult => ({
      ...scenario,
      name: text,
      url: text,
      question: text,
      explain: `</details>${text}`,
      versions: { base: text, head: text, notes: [text] },
      comparisons: scenario.comparisons.map(corrupt),
    }),
  )
  const { environment } = results
  const clients = { [text]: text }
  return { ...results, environment: { ...environment, cpuModel: text, kernel: text, node: text, clients }, scenarios }
}
