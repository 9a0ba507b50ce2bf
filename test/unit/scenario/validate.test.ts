import { describe, expect, it } from 'vitest'
import { resolveScenario } from '../../../src/scenario/resolve-scenario.ts'
import { validateScenario } from '../../../src/scenario/validate.ts'

const valid = { question: 'Which?', baseline: 'a', variants: { a: () => () => {}, b: () => () => {} } }

function problemsOf(value: unknown) {
  const checked = validateScenario(value)
  return 'problems' in checked ? checked.problems.map(({ path, message }) => `${path}: ${message}`) : []
}

describe('validateScenario', () => {
  it('accepts the shortest scenario', () => {
    expect(validateScenario(valid)).toEqual({ scenario: valid })
  })

  it('accepts every field at once', () => {
    const full = {
      ...valid,
      explain: 'because',
      tags: ['teaching'],
      target: {
        protocol: ['http', 'https', 'h2'],
        rttMs: [0, 20],
        jitterMs: 1,
        bytesPerSecond: { up: 1_000 },
        faults: {
          stall: { everyMs: 1_000, forMs: 100 },
          latency: { law: 'bimodal', meanMs: 5 },
          errorRate: 0.1,
          errorStatus: 500,
          resetRate: 0.1,
          resetReused: 0.2,
        },
        keepAliveTimeoutMs: 100,
        maxRequestsPerConnection: 10,
        tlsVersion: '1.2',
        sessionTickets: false,
        proxies: true,
      },
      workload: { model: 'closed', concurrency: 4, iterationTimeoutMs: 500 },
      sweep: { connections: [1, 2], pipelined: [true, false], name: ['x'] },
      primaryMetric: 'throughput',
      thresholds: [
        { variant: 'b', metric: 'latency.p50', maxRatio: 0.9 },
        { variant: 'b', metric: 'connectionsPerRequest', max: 0.1 },
        { variant: 'b', metric: 'throughput', min: 100 },
      ],
      isolation: 'process',
    }
    expect(problemsOf(full)).toEqual([])
  })

  it.each([
    [{ protocol: 'http', tlsVersion: '1.3' }, 'target.tlsVersion: is about TLS'],
    [{ sessionTickets: false }, 'target.sessionTickets: is about TLS'],
    [{ faults: { stall: { everyMs: 10, forMs: 10 } } }, 'target.faults.stall.forMs: expected a time that is shorter'],
    [{ faults: { errorStatus: 500 } }, 'target.faults.errorStatus: expected an errorRate beside it'],
    [{ faults: { resetReused: 2 } }, 'target.faults.resetReused: '],
    [{ faults: { jitter: 2 } }, 'target.faults: Unrecognized key: "jitter"'],
    [{ bytesPerSecond: {} }, 'target.bytesPerSecond: expected up, down or both'],
    [{ keepAliveTimeoutMs: 0 }, 'target.keepAliveTimeoutMs: '],
    [{ protocol: 'https', tlsVersion: '1.1' }, 'target.tlsVersion: '],
  ])('refuses the target %j', (target, problem) => {
    const problems = problemsOf({ ...valid, target })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(problem)
  })

  it('says all problems at once, each with its path', () => {
    const problems = problemsOf({
      question: '',
      baseline: 'c',
      variants: { a: 1, b: () => () => {} },
      target: { protocol: 'ftp', rttMs: -1 },
      workload: { model: 'closed', concurrency: 0 },
      thresholds: [{ variant: 'z', metric: 'latency.p50', maxRatio: 0.9 }],
      isolatoin: 'shared',
    })
    const paths = problems.map((problem) => problem.split(':')[0])
    expect(new Set(paths)).toEqual(
      new Set([
        'question',
        'baseline',
        'variants.a',
        'target.protocol',
        'target.rttMs',
        'workload.concurrency',
        'thresholds[0].variant',
        '(module)',
      ]),
    )
    expect(problems).toContain("baseline: expected one of 'a', 'b', got 'c'")
    expect(problems.join('\n')).toContain('isolatoin')
  })

  it.each([
    [
      { generate: (index: number) => index, order: 'random' },
      'feed.order: is of the rows of a file, and these are made one by one',
    ],
    [
      { generate: (index: number) => index, onEnd: 'stop' },
      'feed.onEnd: is of the rows of a file, and these have no end; leave it out',
    ],
    [{ csv: 'a.csv', json: 'b.json' }, 'feed.json: a feed has one source: expected either csv or json'],
  ])('says what a feed has no use for: %j', (feed, problem) => {
    expect(problemsOf({ ...valid, feed })).toEqual([expect.stringContaining(problem)])
  })

  it('asks for a baseline only where there are several variants', () => {
    const { baseline: _, ...several } = valid
    expect(problemsOf(several)).toEqual(["baseline: expected the variant that the others are compared with: 'a', 'b'"])
    const alone = { ...several, variants: { a: valid.variants.a } }
    expect(problemsOf(alone)).toEqual([])
    expect(resolveScenario(alone, { name: 'alone', url: 'file:///alone.ts' }).baseline).toBe('a')
    const toItself = { variant: 'a', metric: 'latency.p50', maxRatio: 2 }
    expect(problemsOf({ ...alone, thresholds: [toItself] })).toEqual([
      "thresholds[0].maxRatio: 'a' is the baseline, its ratio to itself is always 1",
    ])
    expect(problemsOf({ ...alone, thresholds: [toItself], sweep: { n: [1, 2] } })).toEqual([])
  })

  it.each([
    ['no default export', undefined, /has no default export/],
    ['a default export that is no object', 42, /\(module\)/],
    ['no variants', { ...valid, variants: {} }, /variants: expected at least one/],
    [
      'a threshold without a limit',
      { ...valid, thresholds: [{ variant: 'a', metric: 'errorRate' }] },
      /maxRatio, max or min/,
    ],
    ['a sweep that names a value twice', { ...valid, sweep: { n: [1, '1'] } }, /sweep\.n: expected values that differ/],
    [
      "a limit on the baseline's ratio to itself",
      { ...valid, thresholds: [{ variant: 'a', metric: 'latency.p50', maxRatio: 2 }] },
      /thresholds\[0\]\.maxRatio: 'a' is the baseline/,
    ],
    ['an empty sweep', { ...valid, sweep: { size: [] } }, /sweep\.size/],
    ['a metric that has no value per block', { ...valid, primaryMetric: 'errorRate' }, /primaryMetric/],
  ])('refuses %s', (_, value, message) => {
    expect(problemsOf(value).join('\n')).toMatch(message)
  })

  it('takes an open loop, and not a mixture of both', () => {
    const open = (more: object) => problemsOf({ ...valid, workload: { model: 'open', arrivalRate: 50, ...more } })
    expect(open({})).toEqual([])
    expect(open({ arrivals: 'poisson', maxInFlight: 10, iterationTimeoutMs: 100 })).toEqual([])
    expect(open({ concurrency: 5 }).join()).toMatch(/concurrency/)
    expect(open({ arrivalRate: 0 }).join()).toMatch(/workload.arrivalRate/)
    expect(problemsOf({ ...valid, workload: { model: 'half-open' } }).join()).toMatch(/workload.model/)
  })

  it('takes think time and a number of iterations in a closed loop', () => {
    const closed = (more: object) => problemsOf({ ...valid, workload: { model: 'closed', ...more } }).join()
    expect(closed({ thinkTimeMs: 5 })).toBe('')
    expect(closed({ thinkTimeMs: { minMs: 5, maxMs: 9 } })).toBe('')
    expect(closed({ thinkTimeMs: { meanMs: 5 } })).toBe('')
    expect(closed({ thinkTimeMs: { minMs: 9, maxMs: 5 } })).toMatch(/thinkTimeMs.*minMs to be at most maxMs/)
    expect(closed({ iterations: 10, maxDurationMs: 500 })).toBe('')
    expect(closed({ iterations: 10, concurrency: 11 })).toMatch(/workload.concurrency: .*one worker per iteration/)
    expect(closed({ maxDurationMs: 500 })).toMatch(/maxDurationMs: bounds a block of `iterations`/)
    expect(problemsOf({ ...valid, variantPer: 'iteration' }).join()).toMatch(/variantPer/)
  })

  it('takes one variant when a sweep gives it several arms', () => {
    expect(problemsOf({ ...valid, variants: { a: () => () => {} }, sweep: { size: [1, 2] } })).toEqual([])
  })
})
