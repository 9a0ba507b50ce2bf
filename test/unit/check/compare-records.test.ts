import { describe, expect, it } from 'vitest'
import { baselineSchema, makeBaseline, type RunRecord, renderBaseline } from '../../../src/check/baseline-model.ts'
import { checkSchema, renderCheckJson } from '../../../src/check/check-model.ts'
import { renderCheck } from '../../../src/check/check-text.ts'
import { cpuMarginPercent } from '../../../src/check/compare-figures.ts'
import { compareRecords } from '../../../src/check/compare-records.ts'
import { judgeCheck } from '../../../src/check/judge-check.ts'
import type { Calibration } from '../../../src/document/calibration-model.ts'
import type { Results } from '../../../src/document/model.ts'
import { plain } from '../../../src/words/paint.ts'
import { sketchEnvironment } from '../report/make-sketch.ts'
import { run } from './make-run.ts'

const check = (later: Results, earlier: Results = run()) => {
  const comparison = compareRecords(makeBaseline(earlier), later)
  return { ...comparison, ...judgeCheck(comparison, { results: later, policies: { inconclusive: 'fail' } }) }
}

/** A run of whose arms each had so many requests, as far as its figures say. */
function withRequests(count: number): Results {
  const { scenarios, ...frame } = run()
  return {
    ...frame,
    scenarios: scenarios.map(({ comparisons, ...scenario }) => ({
      ...scenario,
      comparisons: comparisons.map(({ arms, ...comparison }) => ({
        ...comparison,
        arms: arms.map((arm) => ({ ...arm, latency: { ...arm.latency, count } })),
      })),
    })),
  }
}

describe('compareRecords and judgeCheck', () => {
  it('pass a later run of the same code', () => {
    expect(check(run({ shift: 3 }))).toMatchObject({ verdict: 'pass', exitCode: 0, reasons: [] })
  })

  it('find CPU time a regression on an equal fingerprint, beyond a margin that is wider than side by side', () => {
    const result = check(run({ cpuUs: 60, shift: 2 }))
    expect(result).toMatchObject({ verdict: 'regression', exitCode: 1 })
    expect(result.reasons).toEqual(
      ['sketch, http, 0 ms RTT, a', 'sketch, http, 0 ms RTT, b'].map((place) =>
        expect.stringContaining(`${place}: CPU time per request is more`),
      ),
    )
    expect(result.changes.map(({ cpu }) => cpu.alpha)).toEqual(expect.arrayContaining([0.025, 0.05]))
    expect(check(run({ cpuUs: 53, shift: 2 }))).toMatchObject({
      exitCode: expect.not.stringMatching('1'),
      verdict: expect.not.stringMatching('regression'),
    })
  })

  it('hold CPU time to a wider margin where the scenario or the user asks for one', () => {
    const verdictWith = (cpuPerRequest: number) =>
      check(run({ cpuUs: 60, shift: 2, scenario: { margins: { cpuPerRequest } } })).verdict
    expect([0.05, 0.15, 0.4].map(verdictWith)).toEqual(['regression', 'regression', 'pass'])
  })

  it('never gate CPU time on another machine, and say in what they differ', () => {
    const later = {
      ...run({ cpuUs: 90 }),
      environment: { ...sketchEnvironment, node: 'v27.0.0', fingerprint: 'other' },
    }
    const result = check(later)
    expect(result).toMatchObject({
      verdict: 'pass',
      fingerprint: { isSame: false, differences: ['node: v26.0.0 → v27.0.0'] },
    })
    expect(result.changes[0]?.cpuIsShownOnly).toBe('the machines or versions differ')
    expect(
      renderCheck(
        checkSchema.parse(
          JSON.parse(renderCheckJson({ schemaVersion: 1, kind: 'sessionbench.check', ...result } as never)),
        ),
        { width: 120, paint: plain },
      ),
    ).toMatch(/another setting \(node: v26.0.0 → v27.0.0\): CPU/)
  })

  it('show the p99 of the whole runs, without an interval, where enough requests lie beyond it', () => {
    const p99Of = (shift: number) =>
      check(run({ shift })).changes[0]?.times.find(({ metric }) => metric.name === 'latency.p99')
    const [before, after] = [run(), run({ shift: 3 })].map(
      (each) => each.scenarios[0]?.comparisons[0]?.arms[0]?.latency,
    )
    const ratio = (after?.p99Us ?? 0) / (before?.p99Us ?? 0)
    expect(p99Of(3)?.ratio).toBeCloseTo(ratio)
    expect(p99Of(3)).toMatchObject({
      interval: undefined,
      verdict: 'inconclusive',
      reason: expect.stringMatching(/^of whole runs/),
    })
    const [first] = compareRecords(run(), withRequests(999)).changes
    expect(first?.times.at(-1)).toMatchObject({
      verdict: 'invalid',
      reason: expect.stringMatching(/^fewer than 10 requests/),
    })
    expect(
      renderCheck({ schemaVersion: 1, kind: 'sessionbench.check', ...check(run()) }, { width: 200, paint: plain }),
    ).toMatch(/ p90 +p99\n/)
  })

  it('never gate CPU time of one process each: a process has a speed of its own', () => {
    const shared = { scenario: { isolation: 'shared' as const } }
    const result = check(run({ cpuUs: 90, generations: 1, ...shared }), run({ generations: 1, ...shared }))
    expect(result.verdict).toBe('pass')
    expect(result.changes[0]?.cpuIsShownOnly).toMatch(/one process/)
  })

  it('say which of the runs had one process only', () => {
    const shared = { scenario: { isolation: 'shared' as const } }
    const whyOf = (earlier: Results, later: Results) => check(later, earlier).changes[0]?.cpuIsShownOnly
    expect(whyOf(run(shared), run(shared))).toMatch(/^each run had one process,/)
    expect(whyOf(run(), run(shared))).toMatch(/^one of the runs had one process,/)
    expect(whyOf(run(), run())).toBeUndefined()
  })

  it('never gate CPU time when the machine was slower, as the speed control shows', () => {
    const result = check(run({ cpuUs: 90, controlMs: 5.5 }))
    expect(result.verdict).toBe('pass')
    expect(result.changes[0]?.cpuIsShownOnly).toMatch(/took 1.10 times as long/)
    expect(check(run({ cpuUs: 90, controlMs: 5.2 })).verdict).toBe('regression')
  })

  it('gate counters on any machine', () => {
    const later = {
      ...run({ connections: 1 }),
      environment: { ...sketchEnvironment, node: 'v27.0.0', fingerprint: 'other' },
    }
    expect(check(later)).toMatchObject({
      verdict: 'regression',
      exitCode: 1,
      reasons: [expect.stringMatching(/b: connectionsPerRequest is worse/)],
    })
  })

  it('gate the thresholds of the scenarios', () => {
    const limit = { thresholds: [{ variant: 'b' as const, metric: 'connectionsPerRequest' as const, max: 0 }] }
    expect(check(run({ connections: 1, scenario: limit }), run({ connections: 1 }))).toMatchObject({
      exitCode: 1,
      reasons: [
        'sketch, http, 0 ms RTT, b: threshold failed: connectionsPerRequest max 0 (an exact count, beyond the limit)',
      ],
    })
  })

  it('are inconclusive with too few generations, and fail for it where that is asked for', () => {
    const comparison = compareRecords(makeBaseline(run()), run({ generations: 4 }))
    expect(judgeCheck(comparison, { results: undefined, policies: { inconclusive: 'fail' } })).toMatchObject({
      verdict: 'inconclusive',
      exitCode: 3,
    })
    expect(judgeCheck(comparison, { results: undefined, policies: { inconclusive: 'warn' } }).exitCode).toBe(0)
  })

  it('are wider for CPU time where equal code is known to differ by more', () => {
    const metrics = [{ metric: 'cpuPerRequest', noisePercent: { median: 2, p95: 40 } }]
    const noise = [{ scenario: 'sketch', metrics }] as unknown as Calibration['noise']
    const marginOf = (baseline: RunRecord) => compareRecords(baseline, run()).changes[0]?.cpu.metric.marginPercent
    expect(marginOf(makeBaseline(run(), { noise }))).toBe(40)
    expect(marginOf(makeBaseline(run(), { noise: [] }))).toBe(cpuMarginPercent)
  })

  it('never pass without data, or with another workload', () => {
    const other = check(run({ scenario: { workload: { model: 'closed', concurrency: 99 } } }))
    expect(other).toMatchObject({
      verdict: 'invalid',
      exitCode: 2,
      missing: [{ reason: expect.stringMatching(/another workload/) }],
    })
    expect(check({ ...run(), scenarios: [] })).toMatchObject({ verdict: 'invalid', exitCode: 2 })
    expect(check({ ...run(), partial: true })).toMatchObject({ verdict: 'invalid', exitCode: 2 })
  })

  it('name the versions of the code under test, which do not count as another machine', () => {
    const later = { ...run(), environment: { ...sketchEnvironment, clients: { undici: '8.1.0' }, lockfile: 'new' } }
    expect(check(later)).toMatchObject({
      fingerprint: { isSame: true },
      versions: ['undici: 8.0.0 → 8.1.0', 'lockfile'],
    })
  })
})

it('a baseline is read back as it was written, one block a line', () => {
  const baseline = makeBaseline(run())
  const text = renderBaseline(baseline)
  expect(baselineSchema.parse(JSON.parse(text))).toEqual(baseline)
  expect(text.split('\n').filter((line) => line.includes('"position"'))).toHaveLength(64)
})
