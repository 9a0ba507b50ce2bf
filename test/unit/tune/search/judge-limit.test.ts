import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judgeLimit, type LimitClaim, type LimitEvidence } from '../../../../src/tune/search/judge-limit.ts'

const no = { gain: { gain: 0, low: -0.01, high: 0.01 }, size: 2 }
const more = { gain: { gain: 0.5, low: 0.4, high: 0.6 }, size: 2 }
const unclear = { gain: { gain: 0.02, low: -0.05, high: 0.1 }, size: 2 }
const quiet = { failures: [], clientBusy: 0.3, machineIdle: 0.5 }
const failure = { kind: 'status 429', count: 9, of: 100, message: 'the target answered 429', where: '153 per second' }
const ports = { ...failure, kind: 'ports-exhausted' }
const busy = { ...quiet, clientBusy: 0.95 }
const full = { machineIdle: 0.02 }
const both = ['larger', 'process'] as const
const three = ['larger', 'busier', 'process'] as const

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
    [
      'another carries more, and more requests of one that has little time left do not',
      { ...quiet, clientBusy: 0.7, larger: no, process: more },
      'client',
    ],
    [
      'as many under way as two have, in one',
      { ...quiet, clientBusy: 0.7, larger: no, busier: more, process: more },
      'load',
    ],
    ['one that has most of its time left', { ...quiet, larger: no, process: more }, 'unknown'],
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
    [
      'a full client, no core is idle, and who knows what another carries',
      { ...quiet, clientBusy: 0.95, machineIdle: 0.02, larger: no, process: unclear },
      'machine',
    ],
    [
      'the same on a machine with time for it',
      { ...quiet, clientBusy: 0.95, machineIdle: 0.3, larger: no, process: unclear },
      'unknown',
    ],
    [
      'the same where another was not looked at',
      { ...quiet, clientBusy: 0.95, machineIdle: 0.02, larger: no, process: { size: 2, gain: undefined } },
      'unknown',
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

  it.each<[string, LimitEvidence, LimitClaim['what'], LimitClaim['restsOn']]>([
    ['failures', { ...quiet, failures: [failure] }, 'limiter', ['failures']],
    ['failures that never left', { ...quiet, failures: [failure, { ...ports, count: 10 }] }, 'client', ['failures']],
    ['as many that did', { ...quiet, failures: [failure, { ...ports, count: 9 }] }, 'limiter', ['failures']],
    ['a full client', { ...busy, larger: no, process: more }, 'client', ['clientBusy', 'process']],
    ['a full machine', { ...busy, ...full, process: no }, 'machine', ['clientBusy', 'process', 'machineIdle']],
    [
      'a full machine, whatever a larger pool may carry',
      { ...busy, ...full, larger: unclear, process: no },
      'machine',
      ['clientBusy', 'process', 'machineIdle'],
    ],
    ['the last of a machine’s time', { ...busy, machineIdle: 0.1, larger: no, process: no }, 'server', both],
    ['a larger pool', { ...quiet, larger: more }, 'pool', ['larger']],
    ['more, who knows at what latency', { ...quiet, larger: { ...more, latencyRatio: 1 } }, 'pool', ['larger']],
    ['a missed objective', { ...quiet, larger: { ...more, broken: ['p99<50ms'] } }, 'objective', ['larger']],
    [
      'a round trip of half of the time, at a latency that is hardly more',
      { ...quiet, larger: { ...more, latencyRatio: 1.1 }, roundTripUs: 20_000, latencyUs: 40_000 },
      'link',
      ['roundTripUs', 'larger'],
    ],
    ['requests under way', { ...quiet, larger: no, busier: more }, 'load', ['larger', 'busier']],
    ['nothing more', { ...quiet, larger: no, process: no }, 'server', both],
    ['nothing more, nor busier', { ...quiet, larger: no, busier: no, process: no }, 'server', three],
    [
      'a client at work on a full machine',
      { ...quiet, ...full, clientBusy: 0.6, larger: no, process: no },
      'machine',
      ['machineIdle', 'clientBusy', 'process'],
    ],
    ['half a client on it', { ...quiet, ...full, clientBusy: 0.5, larger: no, process: no }, 'server', both],
    [
      'one on a machine with a little time',
      { ...quiet, machineIdle: 0.1, clientBusy: 0.6, larger: no, process: no },
      'server',
      both,
    ],
    [
      'a link that is used up',
      { ...quiet, bandwidthUsed: 0.9, larger: no, process: no },
      'link',
      ['bandwidthUsed', 'larger', 'process'],
    ],
    ['bodies of less than half of the time', { ...quiet, bodyShare: 0.49, larger: no, process: no }, 'server', both],
  ])('names what it rests on: %s', (_, evidence, what, restsOn) => {
    expect(judgeLimit(evidence)).toEqual({ what, restsOn, missing: [] })
  })

  it.each<[string, LimitEvidence, LimitClaim['missing'], LimitClaim['restsOn']]>([
    ['a second process beside a full client', { ...busy, larger: no }, ['process'], ['clientBusy']],
    ['a client at nine tenths is not full', { ...quiet, clientBusy: 0.9, larger: no }, ['process'], ['larger']],
    [
      'the machine’s time',
      { ...busy, machineIdle: undefined, larger: no, process: no },
      ['machineIdle'],
      ['clientBusy', 'process'],
    ],
    [
      'busier carries more, and who knows whether a larger pool does',
      { ...quiet, larger: unclear, busier: more, process: no },
      ['larger', 'busier'],
      ['process'],
    ],
    [
      'the client’s time on a full machine',
      { ...quiet, ...full, clientBusy: undefined, larger: no, process: no },
      ['clientBusy'],
      ['machineIdle', 'larger', 'process'],
    ],
    [
      'which link half of the time goes to',
      { ...quiet, bodyShare: 0.5, larger: no, busier: no, process: no },
      ['bandwidthUsed'],
      three,
    ],
  ])('names what is missing and what is not: %s', (_, evidence, missing, restsOn) => {
    expect(judgeLimit(evidence)).toEqual({ what: 'unknown', restsOn, missing })
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
