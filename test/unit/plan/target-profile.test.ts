import { describe, expect, it } from 'vitest'
import { makeTargets, renderTarget } from '../../../src/plan/target-profile.ts'
import type { TargetOptions } from '../../../src/scenario/define.ts'
import { resolveScenario } from '../../../src/scenario/resolve-scenario.ts'

const make = () => () => {}

function targetsOf(target: TargetOptions, options = {}) {
  const scenario = { question: '?', baseline: 'a', variants: { a: make, b: make }, target }
  return makeTargets(resolveScenario(scenario, { name: 'test', url: 'file:///test.ts' }), options)
}

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
})
