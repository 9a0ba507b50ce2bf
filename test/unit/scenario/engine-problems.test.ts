import { describe, expect, it } from 'vitest'
import { findConflicts } from '../../../src/plan/find-conflicts.ts'
import { resolveScenario } from '../../../src/scenario/resolve-scenario.ts'
import { validateScenario } from '../../../src/scenario/validate.ts'

const make = () => ({ path: '/' })
const base = { question: '?', baseline: 'a', variants: { a: make, b: make } }

function pathsOf(scenario: object): string[] {
  const checked = validateScenario({ ...base, ...scenario })
  return 'problems' in checked ? checked.problems.map(({ path, message }) => `${path}: ${message}`) : []
}

describe('what an engine cannot do', () => {
  it.each(['raw', 'autocannon', 'micro'])('is nothing in a plain scenario of the %s engine', (engine) => {
    expect(pathsOf({ engine, thresholds: [{ variant: 'b', metric: 'throughput', maxRatio: 2 }] })).toEqual([])
  })

  it.each([
    ['raw', { workload: { model: 'closed' } }, /^workload: a closed loop of the raw engine is as fast as answers come/],
    ['raw', { target: { protocol: 'h2' } }, /^target\.protocol: the raw engine speaks HTTP\/1\.1 only/],
    ['raw', { feed: { generate: () => ({}) } }, /^feed\.generate: requests are laid down before/],
    ['raw', { feed: { csv: 'a.csv', onEnd: 'stop' } }, /^feed\.onEnd: a block of the raw engine ends with its time/],
    ['raw', { userFeed: { csv: 'a.csv' } }, /^userFeed: a raw arm has no users/],
    ['raw', { phases: true }, /^phases: the raw engine does not follow single requests/],
    ['autocannon', { workload: { model: 'closed' } }, /^workload: autocannon has no workload/],
    ['autocannon', { feed: { csv: 'a.csv' } }, /^feed: autocannon sends one request/],
    ['autocannon', { primaryMetric: 'latency.p50' }, /^primaryMetric: .*whole milliseconds/],
    [
      'autocannon',
      { thresholds: [{ variant: 'b', metric: 'latency.p99', max: 5 }] },
      /^thresholds\[0\]\.metric: .*never compared/,
    ],
    ['raw', { thresholds: [{ variant: 'b', metric: 'errorRate', maxRatio: 5 }] }, /^thresholds\[0\]/],
    ['autocannon', { target: { protocol: ['http', 'h2'] } }, /^target\.protocol: autocannon speaks HTTP\/1\.1 only/],
    ['micro', { target: { rttMs: 5 } }, /^target: the micro engine has no target/],
    ['micro', { processes: 2 }, /^processes: the micro engine times one call after another/],
    [
      'micro',
      { thresholds: [{ variant: 'b', metric: 'connectionsPerRequest', max: 1 }] },
      /^thresholds\[0\]\.metric: /,
    ],
    ['wrk', {}, /^engine: /],
  ])('is said for the %s engine: %o', (engine, scenario, problem) => {
    expect(pathsOf({ engine, ...scenario })).toEqual(expect.arrayContaining([expect.stringMatching(problem)]))
  })
})

describe('options that an engine has no use for', () => {
  const describeAs = (engine: 'raw' | 'autocannon' | 'micro') =>
    resolveScenario({ ...base, engine } as never, { name: 'mine', url: 'file:///mine.ts' })

  it('are refused, each by name', () => {
    expect(
      findConflicts(describeAs('raw'), { concurrency: 5, protocols: ['h2'], rttsMs: [5], phases: true, processes: 2 }),
    ).toEqual([
      expect.stringMatching(/^concurrency: mine has no use for it/),
      expect.stringMatching(/^protocols: mine cannot use h2/),
      expect.stringMatching(/^phases: /),
    ])
    expect(findConflicts(describeAs('raw'), { arrivalRate: 5, stages: [], maxInFlight: 5, insecure: true })).toEqual([])
    expect(findConflicts(describeAs('autocannon'), { arrivalRate: 5, insecure: true })).toEqual([
      expect.stringMatching(/^arrivalRate: /),
      expect.stringMatching(/^insecure: mine has no use for it, autocannon does not verify/),
    ])
    expect(findConflicts(describeAs('micro'), { arrivalRate: 5, rttsMs: [5], processes: 2 })).toEqual([
      expect.stringMatching(/^arrivalRate: /),
      expect.stringMatching(/^rttsMs: /),
      expect.stringMatching(/^processes: /),
    ])
  })

  it('are few for a client', () => {
    const client = resolveScenario(base as never, { name: 'mine', url: 'file:///mine.ts' })
    expect(findConflicts(client, { concurrency: 5, rttsMs: [5], processes: 2 })).toEqual([])
    expect(client).toMatchObject({ processes: 1, primaryMetric: 'latency.p50' })
    expect(describeAs('raw').primaryMetric).toBe('throughput')
  })
})
