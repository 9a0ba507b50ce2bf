import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judgeLimit, type LimitEvidence } from '../../../src/capacity/judge-limit.ts'

const no = { gain: { gain: 0, low: -0.01, high: 0.01 }, size: 2 }
const more = { gain: { gain: 0.5, low: 0.4, high: 0.6 }, size: 2 }
const unclear = { gain: { gain: 0.02, low: -0.05, high: 0.1 }, size: 2 }
const quiet = { failures: [], clientBusy: 0.3, machineIdle: 0.5 }
const failure = { kind: 'status 429', count: 9, of: 100, message: 'the target answered 429', where: '153 per second' }

describe('judgeLimit', () => {
  it.each<[string, LimitEvidence, string]>([
    ['nothing carries more', { ...quiet, larger: no, process: no }, 'server'],
    [
      'waiting in the pool is no limit when a larger pool carries no more',
      { ...quiet, larger: no, busier: no, process: no },
      'server',
    ],
    [
      'a round trip is none either when more under way carries no more',
      { ...quiet, larger: no, process: no, roundTripUs: 50_000, latencyUs: 70_000 },
      'server',
    ],
    ['a larger pool carries more', { ...quiet, larger: more, process: more }, 'pool'],
    [
      'more at the same latency, which is a round trip',
      { ...quiet, larger: { ...more, latencyRatio: 1.02 }, roundTripUs: 40_000, latencyUs: 41_000 },
      'link',
    ],
    [
      'more, but answers take longer: the round trip is not what they wait for',
      { ...quiet, larger: { ...more, latencyRatio: 1.6 }, roundTripUs: 40_000, latencyUs: 41_000 },
      'pool',
    ],
    [
      'more at the same latency, which is no round trip',
      { ...quiet, larger: { ...more, latencyRatio: 1 }, roundTripUs: 200, latencyUs: 50_000 },
      'pool',
    ],
    [
      'bodies that take long on an unlimited link do not make it one',
      { ...quiet, larger: { ...more, latencyRatio: 1 }, bodyShare: 0.9, latencyUs: 50_000 },
      'pool',
    ],
    ['more that misses the objective', { ...quiet, larger: { ...more, broken: ['p99<50ms'] } }, 'objective'],
    ['requests under way, not the pool', { ...quiet, larger: no, busier: more, process: more }, 'load'],
    ['a full client, and another carries more', { ...quiet, clientBusy: 0.95, larger: no, process: more }, 'client'],
    [
      'a full client, and another carries no more, on a machine with time for it',
      { ...quiet, clientBusy: 0.95, larger: no, process: no },
      'server',
    ],
    [
      'a full client, another carries no more, and no core is idle',
      { ...quiet, clientBusy: 0.95, machineIdle: 0.02, larger: no, process: no },
      'machine',
    ],
    [
      'an easy client, while no core is idle: the target has one',
      { ...quiet, clientBusy: 0.1, machineIdle: 0.02, larger: no, process: no },
      'server',
    ],
    ['a full client alone is no answer', { ...quiet, clientBusy: 0.95, larger: no }, 'unknown'],
    ['errors of a kind', { ...quiet, failures: [failure] }, 'limiter'],
    [
      'a link whose bandwidth is used',
      { ...quiet, larger: no, process: no, bandwidthUsed: 0.97, bodyShare: 0.9 },
      'link',
    ],
    [
      'a link with bandwidth to spare',
      { ...quiet, larger: no, process: no, bandwidthUsed: 0.4, bodyShare: 0.9 },
      'server',
    ],
    ['bodies, and who knows which link', { ...quiet, larger: no, process: no, bodyShare: 0.9 }, 'unknown'],
    ['nobody looked', { failures: [] }, 'unknown'],
  ])('%s', (_, evidence, what) => expect(judgeLimit(evidence).what).toBe(what))

  it.each<[string, LimitEvidence, readonly string[]]>([
    ['a second process', { ...quiet, larger: no }, ['process']],
    ['all of it', quiet, ['larger', 'process']],
    ['what came out unclear', { ...quiet, larger: unclear, busier: no, process: no }, ['larger']],
    ['whether the machine had time left', { failures: [], clientBusy: 0.95, larger: no, process: no }, ['machineIdle']],
  ])('names what is missing: %s', (_, evidence, missing) => {
    expect(judgeLimit(evidence)).toMatchObject({ what: 'unknown', missing })
  })

  it('rests each answer on evidence that was looked at', () => {
    const trial = fc.option(fc.constantFrom(no, more, unclear), { nil: undefined })
    const share = fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined })
    const evidence = fc.record({
      ...{ larger: trial, busier: trial, process: trial, clientBusy: share, machineIdle: share },
      ...{ bodyShare: share, bandwidthUsed: share, failures: fc.constantFrom([], [failure]) },
      ...{ latencyUs: fc.constant(10_000), roundTripUs: fc.constantFrom(undefined, 100, 9_000) },
    })
    fc.assert(
      fc.property(evidence, (given) => {
        const { what, restsOn, missing } = judgeLimit(given)
        for (const name of restsOn) expect(given[name]).toBeDefined()
        expect(missing.length > 0).toBe(what === 'unknown')
        const gains = {
          pool: 'larger',
          link: 'larger',
          objective: 'larger',
          load: 'busier',
          client: 'process',
        } as const
        const name = gains[what as keyof typeof gains]
        if (name !== undefined && !restsOn.includes('bandwidthUsed')) expect(given[name]?.gain?.low).toBeGreaterThan(0)
        if (what === 'server')
          for (const kind of ['larger', 'process'] as const) expect(given[kind]?.gain?.high).toBeLessThan(0.03)
      }),
    )
  })
})
