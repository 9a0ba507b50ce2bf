import { makeResults } from '../../../src/document/make-results.ts'
import type { Results } from '../../../src/document/model.ts'
import type { ComparisonEnd } from '../../../src/judge/endings.ts'
import { judgeRun } from '../../../src/judge/judge-run.ts'
import { type ComparisonPlan, makePlan, type PlanOptions } from '../../../src/plan/make-plan.ts'
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

/** The results document of a run of arms a and b that measured these blocks, made by the real stages. */
export function makeSketch({ blocks, scenario, asked, end = { state: 'decided' }, partial = false }: Sketch): Results {
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
  const comparison = plan.comparisons[0] as ComparisonPlan
  const unit = comparison.isolation === 'shared' ? 'quad' : 'generation'
  const looks = makeLookPlan({ unit, plannedGenerations: 3 })
  const run = judgeRun({ plan: comparison, blocks: [...blocks], looks, moment: 'look' }, unit, {
    end,
    elapsedMs: 12_345,
  })
  return makeResults([{ plan, comparisons: [run] }], {
    startedAt: '2026-01-01T00:00:00.000Z',
    elapsedMs: 12_500,
    partial,
    seed: 42,
    environment: sketchEnvironment,
  })
}
