import { describe, expect, it } from 'vitest'
import { isSameTarget } from '../../../src/plan/target-key.ts'
import { makeTargets, renderTarget, type TargetProfile, targetSchema } from '../../../src/plan/target-profile.ts'
import { resolveScenario } from '../../../src/scenario/resolve-scenario.ts'
import type { TargetOptions } from '../../../src/scenario/scenario-parts.ts'
import type { TargetConditions } from '../../../src/scenario/target-conditions.ts'

const make = () => () => {}

function targetsOf(target: TargetOptions, options = {}) {
  const scenario = { question: '?', baseline: 'a', variants: { a: make, b: make }, target }
  return makeTargets(resolveScenario(scenario, { name: 'test', url: 'file:///test.ts' }), options)
}

it('whose certificate is not verified says so, in its title and to readers of documents', () => {
  const [target] = targetsOf({}, { externalOrigin: 'https://127.0.0.1:9', targetName: 'shop', insecure: true })
  expect(target).toEqual({
    ...{ kind: 'external', protocol: 'https', origin: 'https://127.0.0.1:9', name: 'shop', insecure: true, rttMs: 0 },
  })
  expect(renderTarget(target as TargetProfile)).toBe('shop (https://127.0.0.1:9), CERTIFICATE NOT VERIFIED')
  expect(targetSchema.parse(target)).toEqual(target)
  expect(
    isSameTarget({ label: 'a', target }, { label: 'b', target: { ...target, insecure: undefined } as never }),
  ).toBe(true)
  const [plain] = targetsOf({}, { externalOrigin: 'http://127.0.0.1:9', insecure: true })
  expect(plain).not.toHaveProperty('insecure')
})

describe('makeTargets', () => {
  it('says every condition that is not at its default', () => {
    const titles = targetsOf({
      protocol: ['http', 'h2'],
      rttMs: 20,
      jitterMs: 5,
      bytesPerSecond: { up: 50_000 },
      keepAliveTimeoutMs: 200,
      maxRequestsPerConnection: 100,
      tlsVersion: '1.2',
      sessionTickets: false,
      proxies: true,
      faults: {
        resetReused: 0.01,
        errorRate: 0.1,
        stall: { everyMs: 10_000, forMs: 1_000 },
        latency: { law: 'lognormal', meanMs: 3 },
      },
    }).map(renderTarget)
    const wear = 'closed after 200 ms idle, closed after 100 requests'
    const faults =
      'stalls 1000 of 10000 ms, lognormal latency of 3 ms, error rate 0.1 (status 503), reset rate 0.01 on reused connections'
    expect(titles).toEqual([
      `http, 20 ms RTT, 5 ms jitter, 50000 B/s up, ${wear}, ${faults}, with proxies`,
      `h2, 20 ms RTT, 5 ms jitter, 50000 B/s up, TLS 1.2, no session tickets, ${wear}, ${faults}, with proxies`,
    ])
  })

  it('says nothing of defaults that are spelled out', () => {
    const spelled = { jitterMs: 0, sessionTickets: true, proxies: false, faults: {}, protocol: 'https' } as const
    expect(targetsOf(spelled)).toEqual([{ kind: 'fixture', protocol: 'https', rttMs: 0 }])
  })

  it("refuses another server for what only the bundled one has, but takes a scenario's distance", () => {
    const elsewhere = { externalOrigin: 'http://127.0.0.1:9' }
    expect(() => targetsOf({ faults: { errorRate: 0.1 }, proxies: true }, elsewhere)).toThrow(
      "'test' asks for target.faults, target.proxies, which only the bundled fixture server has",
    )
    expect(targetsOf({ rttMs: 20 }, elsewhere)).toMatchObject([{ kind: 'external', rttMs: 0 }])
  })

  it('takes the protocol of another server from its address, and its name from the user before the scenario', () => {
    const target = { kind: 'external', protocol: 'https', origin: 'https://127.0.0.1:9', rttMs: 0 }
    const elsewhere = { externalOrigin: 'https://127.0.0.1:9' }
    expect(targetsOf({}, elsewhere)).toEqual([target])
    expect(targetsOf({ name: 'staging' }, elsewhere)).toEqual([{ ...target, name: 'staging' }])
    expect(targetsOf({ name: 'staging' }, { ...elsewhere, targetName: 'api' })).toEqual([{ ...target, name: 'api' }])
    expect(targetsOf({}, { externalOrigin: 'http://127.0.0.1:9' })).toMatchObject([{ protocol: 'http' }])
  })

  it('makes one target of each protocol at each distance', () => {
    const distances = targetsOf({ protocol: ['http', 'https'], rttMs: [0, 20] })
    expect(distances.map(renderTarget)).toEqual([
      'http, 0 ms RTT',
      'http, 20 ms RTT',
      'https, 0 ms RTT',
      'https, 20 ms RTT',
    ])
    expect(targetsOf({ protocol: 'https', rttMs: 20 }, { protocols: ['h2'], rttsMs: [5] }).map(renderTarget)).toEqual([
      'h2, 5 ms RTT',
    ])
  })

  it('knows no target of functions that send nothing', () => {
    const scenario = { question: '?', engine: 'micro', baseline: 'a', variants: { a: make } } as never
    const micro = resolveScenario(scenario, { name: 'test', url: 'file:///test.ts' })
    expect(makeTargets(micro, { externalOrigin: 'http://127.0.0.1:9' })).toEqual([
      { kind: 'none', protocol: null, rttMs: 0 },
    ])
  })
})

describe('renderTarget', () => {
  const external = { kind: 'external', protocol: 'http', origin: 'http://127.0.0.1:9', rttMs: 0 } as const

  it.each<[string, TargetProfile]>([
    ['no target', { kind: 'none', protocol: null, rttMs: 0 }],
    ['http://127.0.0.1:9', external],
    ['staging (http://127.0.0.1:9)', { ...external, name: 'staging' }],
  ])('%s', (words, target) => expect(renderTarget(target)).toBe(words))

  it.each<[string, TargetConditions]>([
    ['5000 B/s each way', { bytesPerSecond: 5_000 }],
    ['5000 B/s up', { bytesPerSecond: { up: 5_000 } }],
    ['7000 B/s down', { bytesPerSecond: { down: 7_000 } }],
    ['5000 B/s up, 7000 B/s down', { bytesPerSecond: { up: 5_000, down: 7_000 } }],
    ['error rate 0.1 (status 503)', { faults: { errorRate: 0.1 } }],
    ['error rate 0.1 (status 429)', { faults: { errorRate: 0.1, errorStatus: 429 } }],
    ['reset rate 0.02', { faults: { resetRate: 0.02 } }],
    ['stalls 200 of 2000 ms', { faults: { stall: { everyMs: 2_000, forMs: 200 } } }],
  ])('http, 0 ms RTT, %s', (words, conditions) => {
    const target: TargetProfile = { kind: 'fixture', protocol: 'http', rttMs: 0, conditions }
    expect(renderTarget(target)).toBe(`http, 0 ms RTT, ${words}`)
  })
})
