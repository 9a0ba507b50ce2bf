import { describe, expect, it } from 'vitest'
import { makeBaseline } from '../../../src/check/baseline-model.ts'
import { pairRecords } from '../../../src/check/pair-records.ts'
import type { ComparisonResult, Results, ScenarioResult } from '../../../src/document/model.ts'
import { renderTarget } from '../../../src/plan/target-profile.ts'
import type { Scenario } from '../../../src/scenario/define.ts'
import { run } from './make-run.ts'

function runOf(scenario: Partial<Scenario<'a' | 'b'>>, change: Partial<ScenarioResult> = {}): ScenarioResult {
  const [only] = run({ generations: 1, scenario }).scenarios as [ScenarioResult]
  return { ...only, ...change }
}

const far = { target: { rttMs: 20 } } as const
const results = (...scenarios: readonly ScenarioResult[]): Results => ({
  ...run({ generations: 1 }),
  scenarios: [...scenarios],
})

function pairUp(earlier: Results, later: Results) {
  const { pairs, missing, notes } = pairRecords(makeBaseline(earlier), later)
  const places = pairs.map((pair) => `${pair.scenario}, ${pair.later.comparison.id}, ${pair.later.arm.id}`)
  return { places, missing: missing.map(({ reason, ...place }) => [...Object.values(place), reason].join(', ')), notes }
}

const both = ['sketch, http, 0 ms RTT, a', 'sketch, http, 0 ms RTT, b']

function changeComparisons(scenario: ScenarioResult, change: (comparison: ComparisonResult) => ComparisonResult) {
  return { ...scenario, comparisons: scenario.comparisons.map(change) }
}

describe('pairRecords', () => {
  it('finds every arm again', () => {
    expect(pairUp(results(runOf({})), results(runOf({})))).toEqual({ places: both, missing: [], notes: [] })
  })

  it('says what is missing and what is new, as one where it is all of a scenario or target', () => {
    const onlyA = changeComparisons(runOf({}), (comparison) => ({
      ...comparison,
      arms: comparison.arms.filter(({ id }) => id === 'a'),
    }))
    const two = runOf({}, { comparisons: [...runOf({}).comparisons, ...runOf(far).comparisons] })
    const other = runOf({}, { name: 'other' })
    expect(pairUp(results(two, other), results(onlyA))).toEqual({
      places: both.slice(0, 1),
      missing: [
        'sketch, http, 0 ms RTT, b, not in the later run',
        'sketch, http, 20 ms RTT, not in the later run',
        'other, not in the later run',
      ],
      notes: [],
    })
    expect(pairUp(results(onlyA), results(two, other))).toEqual({
      places: both.slice(0, 1),
      missing: [],
      notes: [
        'sketch, http, 0 ms RTT, b: not in the earlier run',
        'sketch, http, 20 ms RTT: not in the earlier run',
        'other: not in the earlier run',
      ],
    })
  })

  it('does not go by titles, neither of targets nor of arms', () => {
    const retitled = changeComparisons(runOf({}), (comparison) => ({
      ...comparison,
      id: 'plain HTTP, here',
      arms: comparison.arms.map((arm) => ({ ...arm, id: `«${arm.id}»` })),
      blocks: comparison.blocks.map((block) => ({ ...block, arm: `«${block.arm}»` })),
    }))
    const { places, missing } = pairUp(results(runOf({})), results(retitled))
    expect(places).toEqual(['sketch, plain HTTP, here, «a»', 'sketch, plain HTTP, here, «b»'])
    expect(missing).toEqual([])
  })

  it('goes by the parameters of a sweep, in whatever order they were declared', () => {
    const sweep = runOf({ sweep: { pool: [1, 2], size: ['s'] } })
    const turned = runOf({ sweep: { size: ['s'], pool: [2, 1] } })
    const { pairs, missing } = pairRecords(makeBaseline(results(sweep)), results(turned))
    expect(missing).toEqual([])
    expect(pairs.map(({ earlier, later }) => [earlier.arm.id, later.arm.id])).toEqual([
      ['a pool=1 size=s', 'a size=s pool=1'],
      ['a pool=2 size=s', 'a size=s pool=2'],
      ['b pool=1 size=s', 'b size=s pool=1'],
      ['b pool=2 size=s', 'b size=s pool=2'],
    ])
  })

  it('keeps two scenarios of one name apart, by the ends of their paths or else by their order', () => {
    const one = runOf({}, { url: 'file:///home/me/project/one/bench.ts' })
    const two = runOf({ sweep: { n: [1] } }, { url: 'file:///home/me/project/two/bench.ts' })
    const moved = ({ url, ...scenario }: ScenarioResult) => ({ ...scenario, url: url.replace('/home/me', '/ci') })
    expect(pairUp(results(one, two), results(moved(two), moved(one)))).toMatchObject({
      places: [
        'sketch, http, 0 ms RTT, a n=1',
        'sketch, http, 0 ms RTT, b n=1',
        ...both.map((place) => place.replace('sketch', 'sketch-2')),
      ],
      missing: [],
    })
    expect(pairUp(results(one, two), results(moved(two)))).toMatchObject({
      missing: ['sketch-2, not in the later run'],
    })
    const same = runOf({})
    expect(pairUp(results(same, same), results(same, same))).toMatchObject({ missing: [], notes: [] })
  })

  it('compares no arms under other loads', () => {
    const busy = runOf({ workload: { model: 'closed', concurrency: 99 } })
    expect(pairUp(results(runOf({})), results(busy))).toEqual({
      places: [],
      missing: ['sketch, http, 0 ms RTT, measured with another workload, so nothing is compared'],
      notes: [],
    })
    const split = changeComparisons(runOf({}), (comparison) => ({ ...comparison, processes: 2 }))
    expect(pairUp(results(runOf({})), results(split)).places).toEqual([])
  })
})

describe('a server of somebody’s own', () => {
  const at = (origin: string, name?: string) =>
    changeComparisons(runOf({}), (comparison): ComparisonResult => {
      const target = {
        kind: 'external',
        protocol: 'http',
        origin,
        rttMs: 0,
        ...(name !== undefined && { name }),
      } as const
      return { ...comparison, id: renderTarget(target), target }
    })

  it('is known by its name at another address', () => {
    expect(pairUp(results(at('http://127.0.0.1:3000', 'shop')), results(at('http://127.0.0.1:3001', 'shop')))).toEqual({
      places: ['sketch, shop (http://127.0.0.1:3001), a', 'sketch, shop (http://127.0.0.1:3001), b'],
      missing: [],
      notes: [],
    })
  })

  it('is missing where it has none, and the report says what would help', () => {
    expect(pairUp(results(at('http://127.0.0.1:3000')), results(at('http://127.0.0.1:3001'))).missing).toEqual([
      expect.stringMatching(
        /^sketch, http:\/\/127.0.0.1:3000, not in the later run, which was measured at http:\/\/127.0.0.1:3001: --target-name/,
      ),
    ])
  })
})

describe('baselines of older versions', () => {
  /** What such a file did not say. */
  const old = (earlier: Results) => {
    const baseline = makeBaseline(earlier)
    return {
      ...baseline,
      scenarios: baseline.scenarios.map(({ path: _, comparisons, ...scenario }) => ({
        ...scenario,
        comparisons: comparisons.map(({ target: _, processes: __, ...comparison }) => comparison),
      })),
    }
  }

  // Old files know targets by these words only, so the words must not change: new ones would have to go elsewhere.
  it.each([
    ['http, 0 ms RTT', {}],
    ['https, 20 ms RTT', { protocol: 'https', rttMs: 20 }],
    ['https, 0 ms RTT, TLS 1.2, no session tickets', { protocol: 'https', tlsVersion: '1.2', sessionTickets: false }],
    ['http, 0 ms RTT, 5 ms jitter, 9000 B/s each way', { jitterMs: 5, bytesPerSecond: 9_000 }],
    [
      'http, 0 ms RTT, closed after 9 ms idle, closed after 7 requests',
      { keepAliveTimeoutMs: 9, maxRequestsPerConnection: 7 },
    ],
    [
      'http, 0 ms RTT, error rate 0.1 (status 503), reset rate 0.2, with proxies',
      { faults: { errorRate: 0.1, resetRate: 0.2 }, proxies: true },
    ],
  ] as const)('are matched by what they called their target: %s', (label, target) => {
    const earlier = old(results(runOf({ target })))
    expect(earlier.scenarios[0]?.comparisons[0]?.id).toBe(label)
    expect(pairRecords(earlier, results(runOf({ target })))).toMatchObject({ missing: [], pairs: [{}, {}] })
  })
})
