import { makeBaseline } from '../../../src/check/baseline-model.ts'
import type { CheckDocument } from '../../../src/check/check-model.ts'
import { compareRecords } from '../../../src/check/compare-records.ts'
import { type CheckOptions, judgeCheck } from '../../../src/check/judge-check.ts'
import type { Results } from '../../../src/document/model.ts'
import { run } from '../check/make-run.ts'
import { hostileArm } from './documents.ts'
import { makeSketch } from './make-sketch.ts'

/** The check of a later run by an earlier one, made by the real stages. */
function makeCheck(later: Results, options: Partial<CheckOptions> = {}, earlier = run()): CheckDocument {
  const comparison = compareRecords(makeBaseline(earlier), later)
  const check = judgeCheck(comparison, { results: later, policies: { inconclusive: 'warn' }, ...options })
  return { schemaVersion: 1, kind: 'sessionbench.check', ...check, ...comparison } as unknown as CheckDocument
}

const limits = {
  thresholds: [
    { variant: 'b', metric: 'connectionsPerRequest', max: 0.005 },
    { variant: 'b', metric: 'latency.p50', maxRatio: 1.5 },
  ],
} as const

const worse = run({ connections: 1, cpuUs: 80, shift: 2, scenario: limits })

/** A run whose arms did not come up. */
const failed = makeSketch({
  blocks: [],
  scenario: { isolation: 'process' },
  end: { state: 'failed', message: "none of 9 iterations of 'a' succeeded in its warm-up" },
})

const { scenarios, ...frame } = run()
/** A run at two targets, of two scenarios. */
const twoTargets: Results = {
  ...frame,
  scenarios: scenarios.flatMap((scenario) => [
    {
      ...scenario,
      comparisons: [
        ...scenario.comparisons,
        ...run({ scenario: { target: { rttMs: 20 } } }).scenarios.flatMap(({ comparisons }) => comparisons),
      ],
    },
    { ...scenario, name: 'other' },
  ]),
}

/** Checks by what they are about. */
export const checks = {
  pass: makeCheck(run({ shift: 3, scenario: limits })),
  regression: makeCheck(worse),
  inconclusive: makeCheck(run({ generations: 4 })),
  'an empty promise': makeCheck(run({ shift: 3 }), {
    emptyPromises: ['b latency.p50 maxRatio 0.99 is about a change of 1 %'],
  }),
  interrupted: makeCheck({ ...run(), partial: true }, { isInterrupted: true }),
  'part of a run': makeCheck({ ...run(), partial: true }),
  failed: makeCheck(failed),
  'failed earlier': makeCheck(run(), { earlier: failed }, failed),
  missing: makeCheck(run({ shift: 3 }), {}, twoTargets),
  'nothing in common': makeCheck({ ...run(), scenarios: [] }),
  'another machine': makeCheck({ ...run(), environment: { ...run().environment, node: 'v27.0.0' } }),
  hostile: makeHostile(makeCheck(worse)),
  many: repeat(makeCheck(worse), 200),
} as const

function makeHostile(check: CheckDocument): CheckDocument {
  const rename = <Placed extends { scenario: string; comparison: string; arm: string }>(placed: Placed) => ({
    ...placed,
    ...{ scenario: hostileArm, comparison: `</details>${hostileArm}`, arm: hostileArm },
  })
  return {
    ...check,
    changes: check.changes.map(rename),
    thresholds: check.thresholds.map(rename),
    notes: [`]]>${hostileArm}`],
    reasons: check.reasons.map((reason) => reason + hostileArm),
  }
}

function repeat(check: CheckDocument, times: number): CheckDocument {
  const changes = Array.from({ length: times }, (_, index) =>
    check.changes.map((change) => ({ ...change, scenario: `${change.scenario}-${index}` })),
  ).flat()
  return { ...check, changes }
}
