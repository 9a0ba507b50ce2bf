import { fold } from '../../../src/document/fold.ts'
import type { Results } from '../../../src/document/model.ts'
import { makePlannedScenario } from '../../../src/document/planned-run.ts'
import { endReasonOf, type RunEvent } from '../../../src/document/run-event.ts'
import type { ComparisonEnd } from '../../../src/judge/endings.ts'
import { makePlan, type PlanOptions } from '../../../src/plan/make-plan.ts'
import type { ComparisonPlan } from '../../../src/plan/plan.ts'
import type { Block } from '../../../src/sample/block.ts'
import type { Environment } from '../../../src/sample/environment.ts'
import type { Scenario } from '../../../src/scenario/define.ts'
import { resolveScenario } from '../../../src/scenario/resolve-scenario.ts'
import { makeLookPlan } from '../../../src/statistics/looks.ts'

const make = () => () => {}

export const sketchEnvironment: Environment = {
  fingerprint: '0123456789abcdef',
  harness: '0.1.0',
  node: 'v26.0.0',
  v8: '14.0',
  openssl: '3.5.0',
  platform: 'linux x64',
  kernel: '6.1.0',
  cpuModel: 'Sketch 3000',
  cpuCount: 2,
  cpuQuota: null,
  memoryBytes: 8_000_000_000,
  clients: { undici: '8.0.0' },
  lockfile: null,
}

export interface Sketch {
  readonly blocks: readonly Block[]
  readonly scenario?: Partial<Scenario<'a' | 'b'>>
  /** What the user asked for beside it. */
  readonly asked?: Partial<PlanOptions>
  readonly end?: ComparisonEnd
  readonly partial?: boolean
}

/** What a run of arms a and b that measured these blocks would have said. */
export function makeSketchEvents({
  blocks,
  scenario,
  asked,
  end = { state: 'decided' },
  partial = false,
}: Sketch): RunEvent[] {
  const description = resolveScenario(
    {
      question: 'Is b faster than a?',
      baseline: 'a',
      variants: { a: make, b: make },
      isolation: 'shared',
      ...scenario,
    },
    { name: 'sketch', url: 'file:///sketch.ts' },
  )
  const plan = makePlan(description, { seed: 42, ...asked })
  const first = { ...plan, comparisons: plan.comparisons.slice(0, 1) }
  const [{ isolation, budgetMs }] = first.comparisons as [ComparisonPlan]
  const looks = makeLookPlan({ unit: isolation === 'shared' ? 'quad' : 'generation', plannedGenerations: 3 })
  return [
    {
      ...{ kind: 'planned', atMs: 0, schemaVersion: 1, makes: 'sessionbench.results', seed: 42 },
      ...{ startedAt: '2026-01-01T00:00:00.000Z', environment: sketchEnvironment },
      scenarios: [makePlannedScenario(first)],
    },
    { kind: 'began', atMs: 1, comparison: 0, budgetMs, ...looks },
    ...blocks.map((block): RunEvent => ({ kind: 'block', atMs: 2, comparison: 0, block })),
    { kind: 'ended', atMs: 12_346, comparison: 0, why: endReasonOf(end), end, moment: 'look', elapsedMs: 12_345 },
    { kind: 'run-ended', atMs: 12_500, why: partial ? 'interrupted' : endReasonOf(end), elapsedMs: 12_500 },
  ]
}

/** The results document of such a run, made by the real stages. */
export function makeSketch(sketch: Sketch): Results {
  return fold(makeSketchEvents(sketch))
}
